"""The ground floor, a closed list: money, units, clock, states, errors, outbox and jobs, commands,
append-only tables, references, Polish text, and what every HTML and API answer shares."""
