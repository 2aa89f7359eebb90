"""States and legal moves as data. A package's states.py holds its machines on one screen."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.kernel.errors import DomainError


class WrongState(DomainError):
    code = "wrong_state"


@dataclass(frozen=True)
class Machine:
    """`moves` maps each state to the states it may become; a state with none is final."""

    name: str
    moves: dict[str, tuple[str, ...]]

    def may(self, old: str, new: str) -> bool:
        return new in self.moves[old]

    def require(self, old: str, new: str) -> None:
        """Raises WrongState unless old -> new is a legal move."""
        if not self.may(old, new):
            raise WrongState(_("Tego nie można już zmienić."), machine=self.name, old=old, new=new)

    def sources(self, new: str) -> list[str]:
        """States from which `new` may be reached, for guarded updates."""
        return [old for old, targets in self.moves.items() if new in targets]

    @property
    def final(self) -> list[str]:
        return [state for state, targets in self.moves.items() if not targets]
