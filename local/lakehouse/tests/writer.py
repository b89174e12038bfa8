"""Run by test_durability.py: writes until it is killed, and says what is acknowledged."""

import sys
from pathlib import Path

from lakehouse.engine import Engine, execute


def main() -> None:
    """Appends, updates and replaces, one acknowledged line for each."""
    engine = Engine(Path(sys.argv[1]))
    number = int(sys.argv[2])
    while True:
        number += 1
        with engine.session(catalog="ml", schema="features") as session:
            execute(session, f"INSERT INTO t VALUES ({number}, 0)")
        print(f"insert {number}", flush=True)
        with engine.session(catalog="ml", schema="features") as session:
            execute(session, f"UPDATE t SET changed = changed + 1 WHERE id <= {number}")
        print(f"update {number}", flush=True)
        with engine.session(catalog="ml", schema="features") as session:
            execute(session, f"CREATE OR REPLACE TABLE u AS SELECT {number} AS n")
        print(f"replace {number}", flush=True)


if __name__ == "__main__":
    main()
