"""No task that touches tables is left out of the tests on Spark."""

import ast
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
JOBS = TESTS.parent


def imported(path: Path) -> set[str]:
    """Names the modules that a file imports, and those that its helpers in `tests` import."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    helpers = [TESTS / f"{name}.py" for name in names]
    return names.union(*(imported(helper) for helper in helpers if helper.is_file()))


def test_every_task_that_touches_tables_runs_on_spark() -> None:
    tasks = {
        ".".join(path.relative_to(JOBS).with_suffix("").parts)
        for path in JOBS.glob("*/*.py")
        if path.parent != TESTS and "connect_tables()" in path.read_text()
    } - {"mlops.connect"}
    assert "churn.train" in tasks
    tested: set[str] = set().union(*(imported(path) for path in HERE.glob("test_*.py")))
    assert tasks - tested == set()
