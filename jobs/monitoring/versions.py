"""Which version of a model answered a request."""

import re
from collections.abc import Iterable

from mlops.tables import TableError, Tables, quoted, text
from mlops.task import say

ENTITIES = "system.serving.served_entities"
"""https://docs.databricks.com/aws/en/admin/system-tables/model-serving"""


class Versions:
    """Versions by the id of the served entity, kept for the whole run.

    An entity named `<model>-<version>` says so itself. Databricks captures an id of its own making
    instead, which its table of served entities explains to whoever may read that; who may not gets
    the id for the version, which keeps versions apart. That table is late, too: a later run of the
    task puts the version where the id was.
    """

    def __init__(self, tables: Tables, payload: str) -> None:
        """Takes the payload table for the model's name: it is `<model>_payload`."""
        self._tables = tables
        model = payload.rpartition(".")[2].removesuffix("_payload")
        self._named = re.compile(rf"{re.escape(model)}-(\d+)")
        self._known: dict[str, str] = {}

    def look_up(self, entities: Iterable[object]) -> None:
        """Finds the versions of entities that have not been asked for yet."""
        new = {entity for entity in entities if isinstance(entity, str)} - self._known.keys()
        unnamed = []
        for entity in sorted(new):
            named = self._named.fullmatch(entity)
            self._known[entity] = named[1] if named else entity
            if not named:
                unnamed.append(entity)
        if not unnamed:
            return
        try:
            found = self._tables.query(
                f"SELECT served_entity_id, max(entity_version) AS version FROM {ENTITIES} "
                f"WHERE served_entity_id IN ({', '.join(map(text, unnamed))}) "
                "AND entity_version IS NOT NULL GROUP BY served_entity_id"
            )
        except TableError as error:
            say(f"ids of served entities stand for versions, {ENTITIES} cannot be read: {error}")
            return
        for entity, version in zip(found["served_entity_id"], found["version"], strict=True):
            self._known[str(entity)] = str(version)

    def settle(self, table: str) -> None:
        """Replaces ids in the predictions `table` by the versions that are known by now."""
        found = self._tables.query(
            f"SELECT DISTINCT model_version FROM {quoted(table)} "
            "WHERE NOT model_version RLIKE '^[0-9]+$'"
        )
        ids = [str(entity) for entity in found["model_version"]]
        self.look_up(ids)
        known = {entity: version for entity in ids if (version := self._known[entity]) != entity}
        if not known:
            return
        pairs = " UNION ALL ".join(
            f"SELECT {text(entity)} AS entity, {text(version)} AS version"
            for entity, version in known.items()
        )
        self._tables.execute(
            f"MERGE INTO {quoted(table)} AS t USING ({pairs}) AS s ON t.model_version = s.entity "
            "WHEN MATCHED THEN UPDATE SET model_version = s.version"
        )
        say(f"{table}: the versions of {len(known)} served entities have become known")

    def version(self, entity: object) -> str | None:
        """Returns the version; None where the request names no entity."""
        return self._known.get(entity) if isinstance(entity, str) else None
