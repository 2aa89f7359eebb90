"""`python -m marketplace.local [run | manage … | reset | backup | restore FILE]`."""

import sys

from marketplace.local import backup, reset, run
from marketplace.local.paths import CannotStart


def main(command="run", *arguments):
    try:
        match command:
            case "run":
                run.run()
            case "manage":
                sys.exit(run.manage(arguments).returncode)
            case "reset":
                reset.reset()
            case "backup":
                backup.backup()
            case "restore":
                backup.restore(*arguments)
            case _:
                sys.exit(__doc__)
    except CannotStart as refusal:
        sys.exit(str(refusal))


main(*sys.argv[1:])
