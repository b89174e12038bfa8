"""The sources of the tasks use only what there is on Databricks serverless compute."""

import re

import pytest

from serverless_rules import ADAPTERS, JOBS, RULES, Rule, parse, sources

LOCK = JOBS.parent / "local" / "requirements.lock"
EXAMPLES = [(rule, source) for rule in RULES for source in rule.bad]
ALLOWED = [(rule, source) for rule in RULES for source in rule.good]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_source(rule: Rule) -> None:
    found = [
        f"jobs/{path}:{line}: {what}; {rule.link}"
        for path in sources()
        for line, what in rule.find(parse((JOBS / path).read_text(), path.as_posix()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "source"), EXAMPLES, ids=lambda one: str(getattr(one, "name", one))
)
def test_rule_finds(rule: Rule, source: str) -> None:
    assert list(rule.find(parse(source)))


@pytest.mark.parametrize(
    ("rule", "source"), ALLOWED, ids=lambda one: str(getattr(one, "name", one))
)
def test_rule_leaves_alone(rule: Rule, source: str) -> None:
    assert list(rule.find(parse(source))) == []


def test_all_tasks_are_looked_at() -> None:
    paths = {path.as_posix() for path in sources()}
    assert {"churn/train.py", "mlops/spark_tables.py", "monitoring/check_drift.py"} <= paths
    for adapter, chooser in ADAPTERS.items():
        assert {chooser, f"{adapter.replace('.', '/')}.py"} <= paths


def test_no_package_brings_a_spark_of_its_own() -> None:
    """Two of them in one environment break it.

    https://learn.microsoft.com/azure/databricks/compute/serverless/dependencies
    """
    locked = set(re.findall(r"^([\w.-]+)==", LOCK.read_text(), re.MULTILINE))
    assert "mlflow" in locked
    assert locked & {"pyspark", "pyspark-client", "databricks-connect"} == set()
