"""docs/faults.md keeps the newest row of each fault and repeat."""

from tests.faults.report import Row, write


def rows(path):
    return [line.split(" | ") for line in path.read_text().splitlines() if line.startswith("| 1")]


def test_newer_row_replaces_its_own_and_leaves_the_others(tmp_path):
    path = tmp_path / "faults.md"
    write(Row("16", 1, 7, 500, 20, 3, outcome="boom"), to=path)
    write(Row("1", 2, 8, 500, 20, 3, outcome="clean"), to=path)
    write(Row("16", 1, 9, 500, 20, 3, outcome="clean"), to=path)
    write(Row("1", 2, 5, 30, 4, 3, outcome="a smaller day proves less"), to=path)
    assert [(row[0], row[1], row[2], row[10]) for row in rows(path)] == [
        ("| 1 pool child killed before commit", "2", "8", "clean"),
        ("| 16 lot recalled while being picked", "1", "9", "clean"),
    ]
