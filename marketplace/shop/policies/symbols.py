"""What stands in the middle of a picture: a cut-out of the kind of food, found by category or by name."""

import json
from pathlib import Path

from marketplace.kernel.polish import fold

DRAWINGS = Path(__file__).with_name("symbols.json")
SYMBOLS: dict[str, str] = json.loads(DRAWINGS.read_text(encoding="utf-8"))["symbols"]

# First hit wins; words are folded beginnings, looked for in the name before the category.
WORDS = (
    ("honey", "miod mioda miodo spadziow"),
    ("oscypek", "oscyp golk redyk"),
    ("crescent", "rogal roga"),
    ("gingerbread", "piernik pierni katarzynk"),
    ("dumpling", "pierog pierozk knys uszka kluski kopytk kartacz pyzy kolduny"),
    ("cake", "ciast babk sernik makow kolacz tort mazurek sekacz pasch drozdz placek strucl"),
    ("bread", "chleb bulk obwarzan bajgiel podplomyk kukielk pieczyw piekar"),
    ("goose", "ges kaczk kur indy drob"),
    ("sausage", "kielbas kabanos kiszk kaszank salceson frankfurter parow metk"),
    (
        "ham",
        "szynk baleron schab boczek wedlin mies polgesk wolowin wieprz jagniec pasztet smalec slonin golonk",
    ),
    ("fish", "ryb karp pstrag sledz losos sielaw sandacz wegorz okon szczupak leszcz lin sieja dorsz"),
    ("milk", "mlek maslank maslo kefir smietan jogurt zsiadl mlecz"),
    ("cheese", "ser sery serek twarog bryndz bundz bunc"),
    ("egg", "jaj jaja jajk"),
    ("mushroom", "grzyb pieczark rydz borowik kurk"),
    ("plum", "sliw powidl wegierk"),
    ("cherry", "wisn czeres malin porzecz truskaw jagod borow zuraw"),
    ("apple", "jablk jablon gruszk owoc antonowk"),
    ("onion", "cebul czosn"),
    ("bean", "fasol groch bob soczew straczk orzech"),
    ("beet", "burak kapust ogor marchew ziemn pyra rzodk chrzan warzyw dyni szparag pomidor"),
    ("herb", "ziol mieta majeran lubczyk herbat przypraw"),
    ("bottle", "olej nalewk wino wodka sok syrop oct miodowk likier okowit napoj oliw tluszcz"),
    ("mug", "piwo kwas podpiwek kawa"),
    ("jar", "dzem konfitur przetwor marynat kiszon ogork"),
    ("wheat", "kasz maka zboz zyto pszen orkisz makaron platki"),
    ("pot", "zup zur bigos kapusniak rosol barszcz czernin potraw dania danie kwasnic zalewajk flak gulasz"),
)  # fmt: skip


def symbol_for(name: str, category: str = "") -> str:
    """Key of SYMBOLS for a product; a flower when nothing fits."""
    for text in (name, category):
        for word in fold(text).split():
            for symbol, beginnings in WORDS:
                if word.startswith(tuple(beginnings.split())):
                    return symbol
    return "flower"
