"""What stands in the middle of a picture: a cut-out of the kind of food, found by category or by name.

Drawn in a box of 64 around the origin; {ink} {tint} {glow} are the region's inks and {cut} its paper.
"""

from marketplace.kernel.polish import fold

SYMBOLS = {
    "honey": (
        '<path fill="{ink}" d="M-22-4h44c4 13 1 25-8 32h-28c-9-7-12-19-8-32z"/><rect fill="{tint}" x="-20" y="-13" '
        'width="40" height="8" rx="3"/><path fill="{glow}" d="M-22 3c5 6 9-1 14 4s8-3 13 2 9-4 17-3l-1 8c-8-1-9 6-15 2s-9 4'
        '-14 0-8 2-13-2z"/><path stroke="{tint}" stroke-width="4" d="M4-14 13-27"/><ellipse fill="{tint}" cx="15" cy="-28" '
        'rx="5" ry="8" transform="rotate(35 15-28)"/>'
    ),
    "jar": (
        '<path fill="{tint}" d="M-17-30h34v9h-34z"/><path fill="{ink}" d="M-14-19h28c2 6 9 8 9 16v27c0 3-2 5-5 5h-36c-3 0-5'
        '-2-5-5v-27c0-8 7-10 9-16z"/><path fill="{cut}" d="M-16 0h32v18h-32z"/><path fill="{glow}" d="M0 15c-4-4-9-6-9-10 0'
        '-4 6-5 9-1 3-4 9-3 9 1 0 4-5 6-9 10z"/>'
    ),
    "cheese": (
        '<path fill="{tint}" d="M-31 0 14-22c9 3 15 11 17 22z"/><path fill="{ink}" d="M-31 3h62v21h-62z"/><g fill="{cut}">'
        '<circle cx="-18" cy="14" r="4.5"/><circle cx="4" cy="10" r="3"/><circle cx="19" cy="16" r="4.5"/><circle cx="12" '
        'cy="-9" r="3.5"/></g>'
    ),
    "oscypek": (
        '<path fill="{ink}" d="M0-33c5 0 6 5 10 9 10 8 14 15 14 24s-4 16-14 24c-4 4-5 9-10 9s-6-5-10-9c-10-8-14-15-14-24s4-16 '
        '14-24c4-4 5-9 10-9z"/><g stroke="{cut}" stroke-width="2.5"><path d="M-22-6h44M-22 6h44"/><path d="m-18-3 6 6 6-6 6 6 '
        '6-6 6 6 6-6" stroke="{glow}"/><path d="M-11-17h22M-11 17h22"/></g>'
    ),
    "milk": (
        '<path fill="{ink}" d="M-10-29h20v8c0 6 9 8 9 17v27c0 4-2 7-6 7h-26c-4 0-6-3-6-7v-27c0-9 9-11 9-17z"/><path fill="{tint}"'
        ' d="M-13-33h26v5h-26z"/><path fill="{cut}" d="M-19 0h38v3h-38zM-19 20h38v3h-38z"/><path fill="{glow}" d="M0 6c4 5 6 7'
        ' 6 10a6 6 0 0 1-12 0c0-3 2-5 6-10z"/>'
    ),
    "bread": (
        '<path fill="{ink}" d="M-31 8c-4-19 13-27 31-27s35 8 31 27c-1 8-5 12-11 12h-40c-6 0-10-4-11-12z"/><g stroke="{cut}" '
        'stroke-width="3.5"><path d="M-17 8c-3-8 0-14 5-18M-3 9c-3-9 0-16 5-20M11 8c-3-8 0-14 5-18"/></g>'
    ),
    "crescent": (
        '<path fill="{ink}" d="M-32 17c-3-26 13-41 32-41s35 15 32 41c-8-11-19-16-32-16s-24 5-32 16z"/><g stroke="{cut}" '
        'stroke-width="3"><path d="M-19-13-12 1M-7-21-4-1M7-21 4-1M19-13 12 1"/></g><g fill="{glow}"><circle cx="0" cy="10" '
        'r="3"/><circle cx="-11" cy="13" r="3"/><circle cx="11" cy="13" r="3"/></g>'
    ),
    "cake": (
        '<path fill="{ink}" d="M-13-24h26c4 8 13 32 15 48h-56c2-16 11-40 15-48z"/><path fill="{glow}" d="M-14-26h28l5 12c-4 6-8'
        '-1-10 4s-6 5-8 0-5 4-8 0-7 5-12-3z"/><g stroke="{cut}" stroke-width="2.5"><path d="M-10 2-15 20M0 4v16M10 2l5 18"/></g>'
    ),
    "gingerbread": (
        '<path fill="{ink}" d="M0 30C-12 17-31 8-31-9-31-26-9-31 0-15 9-31 31-26 31-9 31 8 12 17 0 30z"/><path fill="none" '
        'stroke="{glow}" stroke-width="2.5" stroke-dasharray="1 5" d="M0 22C-9 12-24 5-24-8-24-19-8-22 0-6 8-22 24-19 24-8 24 5 '
        '9 12 0 22z"/><path fill="{cut}" d="M0 8-4 1-11 0l5-5-1-8 7 4 7-4-1 8 5 5-7 1z"/>'
    ),
    "wheat": (
        '<g stroke="{tint}" stroke-width="3"><path d="M0 32V-12M0 26c-8 0-14-4-17-10M0 26c8 0 14-4 17-10"/></g><g fill="{ink}">'
        '<path d="M0-12c-6-7-6-13 0-21 6 8 6 14 0 21zM-2-2c-9-1-13-6-13-15 9 1 13 6 13 15zM2-2c9-1 13-6 13-15-9 1-13 6-13 15zM-2'
        ' 10c-9-1-13-6-13-15 9 1 13 6 13 15zM2 10c9-1 13-6 13-15-9 1-13 6-13 15z"/></g>'
    ),
    "fish": (
        '<path fill="{ink}" d="M-33 1c10-18 36-22 51-5l14-12c-3 11-3 21 0 32l-14-12c-15 17-41 15-51-3z"/><circle fill="{cut}" '
        'cx="-20" cy="-2" r="3.5"/><g stroke="{cut}" stroke-width="2.5"><path d="M-10-10c5 7 5 14 0 21M0-11c5 7 5 15 0 22M9-7c4 '
        '5 4 10 0 15"/></g><path fill="{glow}" d="M-4-17c4-7 12-8 17-5-1 4-3 7-5 9-4-2-8-4-12-4z"/>'
    ),
    "apple": (
        '<path fill="{ink}" d="M0-13c-9-9-28-5-28 13S-12 32 0 26c12 6 28-8 28-26S9-22 0-13z"/><path fill="{tint}" d="M2-16c0-10 '
        '7-16 18-16-1 10-7 16-18 16z"/><path stroke="{tint}" stroke-width="3" d="M0-12c0-6-2-11-5-15"/><path fill="{cut}" d="M0-5'
        'c-10 4-10 18 0 22 10-4 10-18 0-22z"/><path fill="{ink}" d="M-2 0c-4 4-4 8 0 12zM2 0c4 4 4 8 0 12z"/>'
    ),
    "cherry": (
        '<g stroke="{tint}" stroke-width="3"><path d="M-14 8C-12-8-4-20 8-28 10-14 13-4 16 4"/></g><path fill="{tint}" d="M8-29c7'
        '-5 15-4 21 2-7 5-15 5-21-2z"/><g fill="{ink}"><circle cx="-15" cy="17" r="13"/><circle cx="16" cy="14" r="13"/></g><g '
        'fill="{cut}"><circle cx="-19" cy="13" r="3.5"/><circle cx="12" cy="10" r="3.5"/></g>'
    ),
    "plum": (
        '<path fill="{ink}" d="M0-20c16-6 26 8 24 24S12 32 0 30-26 20-24 4s8-30 24-24z"/><path fill="{tint}" d="M2-20c2-9 10-13 '
        '20-11-3 9-10 13-20 11z"/><path stroke="{cut}" stroke-width="2.5" d="M0-16c-5 14-5 28 0 42"/><path fill="{glow}" d="M9-8'
        'c6 4 7 16 1 22-2-8-2-14-1-22z"/>'
    ),
    "beet": (
        '<path fill="{tint}" d="M-2-12c-14-4-17-12-14-20 10 2 15 8 14 20zM2-12c14-4 17-12 14-20-10 2-15 8-14 20zM0-10c-6-8-6-16 '
        '0-24 6 8 6 16 0 24z"/><path fill="{ink}" d="M0 33c-3-9-26-12-26-29 0-11 12-15 26-15s26 4 26 15C26 21 3 24 0 33z"/><g '
        'stroke="{cut}" stroke-width="2.5"><path d="M-16 3c4 8 9 11 16 13 7-2 12-5 16-13M-9-2c3 5 5 6 9 7 4-1 6-2 9-7"/></g>'
    ),
    "onion": (
        '<path fill="{ink}" d="M0-33c2 14 26 17 26 38 0 15-12 23-26 23S-26 20-26 5C-26-16-2-19 0-33z"/><g stroke="{cut}" stroke-'
        'width="2.5"><path d="M0-16v40M-4-12c-12 10-14 24-7 34M4-12c12 10 14 24 7 34"/></g><path stroke="{tint}" stroke-width="2'
        '.5" d="M-6 27-9 33M0 28v5M6 27l3 6"/>'
    ),
    "bean": (
        '<path fill="{ink}" d="M-27-2c-4-15 7-26 17-23s7 9 6 14 5 8 3 15-22 12-26-6z"/><path fill="{tint}" d="M27 2c4 15-7 26-17 23'
        's-7-9-6-14-5-8-3-15S23-16 27 2z"/><g fill="{cut}"><ellipse cx="-8" cy="-4" rx="2.5" ry="5"/><ellipse cx="8" cy="4" rx='
        '"2.5" ry="5"/></g>'
    ),
    "mushroom": (
        '<path fill="{tint}" d="M-9 0h18c-1 10 1 18 6 28h-30c5-10 7-18 6-28z"/><path fill="{ink}" d="M-31 4c-2-22 13-34 31-34S33-18'
        ' 31 4c-10 4-52 4-62 0z"/><g fill="{cut}"><circle cx="-13" cy="-10" r="4"/><circle cx="4" cy="-18" r="3.5"/><circle cx='
        '"16" cy="-6" r="4"/></g>'
    ),
    "herb": (
        '<path stroke="{tint}" stroke-width="3" d="M0 33V-22"/><g fill="{ink}"><path d="M0-14c-7-6-7-12 0-19 7 7 7 13 0 19zM-1-2c-13 '
        '1-20-4-22-15 13-1 20 4 22 15zM1-2c13 1 20-4 22-15-13-1-20 4-22 15zM-1 17c-13 1-22-5-24-17 14-1 22 5 24 17zM1 17c13 1 22-5 '
        '24-17-14-1-22 5-24 17z"/></g><path stroke="{cut}" stroke-width="1.5" d="M-3-4l-14-9M3-4l14-9M-3 14-19 3M3 14 19 3"/>'
    ),
    "sausage": (
        '<path stroke="{tint}" stroke-width="2.5" d="M-8-15 0-32 8-15"/><path fill="none" stroke="{ink}" stroke-width="13" '
        'stroke-linecap="round" d="M-9-10C-34 2-22 26 0 26S34 2 9-10"/><g stroke="{cut}" stroke-width="2.5"><path '
        'd="m-23-2 10 5M-24 14l10-6M-9 28l4-11M9 28 5 17M24 14 14 8M23-2 13 3"/></g>'
    ),
    "ham": (
        '<path fill="{ink}" d="M-29 8c-2-21 16-36 34-33 17 3 22 18 12 30C6 18-27 28-29 8z"/><path fill="{tint}" d="m16 8 9 9c5-1 8 3 6 '
        '7-2 3-6 3-7 1 1 4-2 7-6 6-3-1-4-4-3-7l-9-8z"/><path stroke="{cut}" stroke-width="2.5" d="M-19 7C-20-8-8-18 4-16s11 12 4 '
        '19-19 8-20 1 6-11 11-9"/>'
    ),
    "goose": (
        '<path fill="{ink}" d="M-30 4c8 4 12 2 15-3 5-9 4-22-4-23-4 0-6 2-9 5l-5 1c2-7 7-14 15-14 13 0 16 14 14 24 8-6 22-6 36-9-3 18-13'
        ' 33-31 33C-14 18-24 14-30 4z" transform="translate(0 4)"/><circle fill="{cut}" cx="-18" cy="-19" r="2"/><path fill="{glow}" '
        'd="M2 9c8-5 16-6 24-7-4 9-11 14-20 13z"/><g stroke="{tint}" stroke-width="3"><path d="M-5 22v9h-6M6 22v9H0"/></g>'
    ),
    "egg": (
        '<path fill="{ink}" d="M0-32c13 0 23 20 23 36S13 31 0 31-23 20-23 4-13-32 0-32z"/><g stroke="{cut}" stroke-width="2.5"><path '
        'd="M-22-3h44M-22 15h44"/></g><path stroke="{glow}" stroke-width="3" d="m-21 6 7 6 7-6 7 6 7-6 7 6 7-6"/><g fill="{cut}"><path '
        'd="M0-24c4 5 4 10 0 15-4-5-4-10 0-15zM-4-8c-6 0-9-3-10-8 6 0 9 3 10 8zM4-8c6 0 9-3 10-8-6 0-9 3-10 8z"/></g>'
    ),
    "bottle": (
        '<path fill="{tint}" d="M-6-34h12v7h-12z"/><path fill="{ink}" d="M-7-25h14v6c0 7 11 9 11 20v26c0 3-2 5-5 5h-26c-3 0-5-2-5-5V1c0'
        '-11 11-13 11-20z"/><path fill="{cut}" d="M-13 5h26v18h-26z"/><path fill="{glow}" d="M0 7c5 6 7 8 7 11a7 5 0 0 1-14 0c0-3 2-5 '
        '7-11z"/>'
    ),
    "mug": (
        '<path fill="none" stroke="{tint}" stroke-width="6" d="M15-8c16-4 16 24 0 20"/><path fill="{ink}" d="M-23-14h38v40c0 3-2 5-5 5h-28'
        'c-3 0-5-2-5-5z"/><path fill="{glow}" d="M-25-16c-5-9 5-15 10-10 4-9 16-7 16 0 6-5 16 0 13 8-2 5-8 4-10 2-3 4-9 5-12 1-4 4-10 4-17'
        '-1z"/><g stroke="{cut}" stroke-width="3"><path d="M-13 0v22M-4 0v22M5 0v22"/></g>'
    ),
    "pot": (
        '<path fill="{ink}" d="M-25-4h50c1 17-6 28-14 33h-22c-8-5-15-16-14-33z"/><path fill="{tint}" d="M-29-12h58v7h-58z"/><g stroke='
        '"{tint}" stroke-width="3"><path d="M-10-18c-4-5 4-8 0-14M0-18c-4-5 4-8 0-14M10-18c-4-5 4-8 0-14"/></g><path fill="none" stroke='
        '"{cut}" stroke-width="2.5" d="m-22 6 7.5 6L-7 6l7 6 7-6 7.5 6 7.5-6"/>'
    ),
    "dumpling": (
        '<path fill="{ink}" d="M-33 14c-3-5 0-9 3-10-2-5 2-9 6-9 0-5 4-8 9-7 2-5 7-6 11-4 4-4 9-3 12 1 5-2 10 0 11 5 5 0 8 4 8 9 4 2 6 7 3 '
        '12-10 14-52 16-63 3z"/><path fill="none" stroke="{cut}" stroke-width="2.5" stroke-dasharray="4 4" d="M-22 12c3-22 41-22 45 0"/>'
        '<path fill="{glow}" d="M-8 14c1-9 15-9 17 0-4 4-13 4-17 0z"/>'
    ),
    "flower": (
        '<g fill="{ink}"><path d="M0-4c-11-9-11-20 0-28 11 8 11 19 0 28zM0 4c-11 9-11 20 0 28 11-8 11-19 0-28zM-4 0c-9-11-20-11-28 0 8 11 '
        '19 11 28 0zM4 0c9-11 20-11 28 0-8 11-19 11-28 0z"/></g><g fill="{tint}"><path d="m-5-5-14-5-4-13 13 4zM5-5 10-19 23-23l-4 13zM-5 5'
        'l-5 14-13 4 4-13zM5 5l14 5 4 13-13-4z"/></g><circle fill="{glow}" r="7"/>'
    ),
}  # fmt: skip

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
    ("ham", "szynk baleron schab boczek wedlin mies polgesk wolowin wieprz jagniec pasztet smalec slonin golonk"),
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
