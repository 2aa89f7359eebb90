"""The faults of the full form by their numbers in the network's list."""

from tests.faults.strikes import goods, hall, lorry, processes

FAULTS = processes.FAULTS | hall.FAULTS | goods.FAULTS | lorry.FAULTS
