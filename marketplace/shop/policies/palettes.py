"""Colours of regional ornament: a paper and three inks for each voivodeship.

Hues are taken from what a region is known for (Podhale cloth, Kashubian blues, Kurpie and Łowicz cut-outs,
Bolesławiec cobalt, Żywiec lace …), no museum pattern is traced. `first` carries the drawing and reads at
4.5:1 on its paper, `second` at 3:1; `third` only fills.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    paper: str
    first: str
    second: str
    third: str
    folds: tuple[int, ...]
    """Symmetries the region's cutters like."""


PALETTES = {
    "dolnośląskie": Palette("#ECF0F5", "#1D3A85", "#3E6E4C", "#D8902F", (8, 12)),
    "kujawsko-pomorskie": Palette("#EEF0F5", "#24427A", "#A32B3B", "#E3AC45", (6, 12)),
    "lubelskie": Palette("#F1ECE0", "#47244A", "#2F5D3A", "#D9822E", (8, 16)),
    "lubuskie": Palette("#F2EEDF", "#5E2347", "#4C6424", "#CFA037", (6, 10)),
    "łódzkie": Palette("#FBF1E4", "#B01E2E", "#1C6A48", "#EE9A22", (8, 12, 16)),
    "małopolskie": Palette("#F3E7D3", "#8B1C2B", "#1C5263", "#DDA035", (6, 12)),
    "mazowieckie": Palette("#F5EDDC", "#1F5A3D", "#A3282A", "#E0A93B", (8, 16)),
    "opolskie": Palette("#F6EFE8", "#7C2036", "#2A615B", "#DB8C34", (8, 10)),
    "podkarpackie": Palette("#F4EBDD", "#9A1F26", "#2C3A4A", "#CE8840", (6, 8, 12)),
    "podlaskie": Palette("#F0EEDF", "#2B5735", "#84401C", "#DCAE35", (8, 12)),
    "pomorskie": Palette("#E9EFF3", "#1D4B8A", "#35789C", "#E3B23A", (8, 10)),
    "śląskie": Palette("#F3ECE6", "#33343F", "#A5262F", "#D58F5C", (6, 8)),
    "świętokrzyskie": Palette("#F6ECE2", "#901C2C", "#41305A", "#E2943A", (8, 12)),
    "warmińsko-mazurskie": Palette("#EAF1EC", "#1B5A61", "#86421F", "#DFAD40", (8, 10)),
    "wielkopolskie": Palette("#F2EEEC", "#26365F", "#8E2A4B", "#DBA440", (8, 12)),
    "zachodniopomorskie": Palette("#E8F0F1", "#14566C", "#8B3B2B", "#E4B44E", (6, 10)),
}
# Goods of several regions, or of none.
COUNTRY = Palette("#F5EEDF", "#8E2A4B", "#2F5D3A", "#F2B233", (8, 12))


def palette_of(region: str) -> Palette:
    return PALETTES.get(region.strip().lower(), COUNTRY)
