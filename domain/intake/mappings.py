"""Table mappings: begin one from a file, say which column is what, save it, forget it.

Surprising: only a draft can be changed. A saved mapping reads files nobody looks at, so it is forgotten first; the
next file then asks again with everything filled in.
"""

from collections.abc import Mapping
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Stale, Unknown, WrongStatus
from domain.intake.table_mapping import Field, LearnedTable, Meaning, Reading, TableMapping
from domain.people.people import Actor, Right, may, require
from domain.records import StoredFile


def in_force(desk: Desk, actor: Actor, shop_id: int | None = None) -> list[TableMapping]:
    """The saved mappings of the shops where the actor may import, or of one of them. Raises NotAllowed."""
    require(actor, Right.IMPORT, shop=shop_id)
    saved = [one for one in desk.mappings.saved() if may(actor, Right.IMPORT, shop=one.shop_id)]
    return [one for one in saved if shop_id in (None, one.shop_id)]


def earlier(desk: Desk, actor: Actor, shop_id: int) -> list[TableMapping]:
    """What a new mapping of the shop may learn from: the shop's own, drafts too, then what other shops have saved
    (one ERP, many shops). Raises NotAllowed."""
    require(actor, Right.IMPORT, shop=shop_id)
    others = [one for one in in_force(desk, actor) if one.shop_id != shop_id]
    return [*desk.mappings.of_shop(shop_id), *others]


def shown(desk: Desk, actor: Actor, mapping_id: int) -> TableMapping:
    """A mapping somebody wants to look at. Raises Unknown, NotAllowed."""
    mapping = desk.mappings.get(mapping_id)
    require(actor, Right.IMPORT, shop=mapping.shop_id)
    return mapping


def seen(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> TableMapping:
    """The mapping, if it is as the card showed it. Raises Unknown, NotAllowed, Stale with who did what when."""
    mapping = shown(desk, actor, mapping_id)
    if mapping.revision == revision:
        return mapping
    last = next(iter(desk.history("mapping", mapping_id, 1)), None)
    if last is None:
        raise Stale("mapping", "mapped")
    raise Stale("mapping", last.verb, last.actor, last.at)


def begin(
    desk: Desk, actor: Actor, shop_id: int, stored: StoredFile, table: LearnedTable, proposal: Reading
) -> TableMapping:
    """The shop's draft for this kind of table, from now on about this file. `proposal` already takes over what an
    earlier draft said (see `earlier`); words of earlier files stay. One saved meanwhile stays as it is. Raises
    NotAllowed, Unknown."""
    require(actor, Right.IMPORT, shop=shop_id)
    if shop_id not in desk.catalog.shops:
        raise Unknown("shop", str(shop_id))
    before = desk.mappings.of(shop_id, table.signature)
    if before is not None and before.saved_at is not None:
        return before
    fresh = _draft(desk, actor, shop_id, stored, table, proposal)
    if before is None:
        made = desk.mappings.add(fresh)
        history.note(desk, actor, "mapping", made.id, "mapped")
        return made
    words = {**before.words, **fresh.words} if Field.STATE in fresh.columns else {}
    return _changed(desk, actor, replace(fresh, id=before.id, revision=before.revision, words=words), "mapped")


def _draft(
    desk: Desk, actor: Actor, shop_id: int, stored: StoredFile, table: LearnedTable, proposal: Reading
) -> TableMapping:
    return TableMapping(
        id=0,
        shop_id=shop_id,
        signature=table.signature,
        file_id=stored.id,
        file_name=stored.name,
        header=table.header,
        samples=table.samples,
        columns=proposal.columns,
        words=proposal.words,
        per_line=proposal.per_line,
        made_by=actor.name,
        made_at=desk.now,
    )


def _changed(desk: Desk, actor: Actor, mapping: TableMapping, verb: str, reason: str = "") -> TableMapping:
    desk.mappings.save(replace(mapping, made_by=actor.name, made_at=desk.now))
    history.note(desk, actor, "mapping", mapping.id, verb, reason)
    return desk.mappings.get(mapping.id)


def draft(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> TableMapping:
    """As `seen`, and it must still be a draft. Raises WrongStatus, too."""
    mapping = seen(desk, actor, mapping_id, revision)
    if mapping.saved_at is not None:
        raise WrongStatus(mapping.file_name, "mapping_saved", "mapping_draft")
    return mapping


def choose(
    desk: Desk,
    actor: Actor,
    mapping_id: int,
    revision: int,
    field: Field,
    column: str,
    words: Mapping[str, str] | None = None,
) -> TableMapping:
    """This column tells this field from now on, none does when "". `words` are those of a status column with what
    they mean. Raises as `draft`, and BadValue for a column the table does not have."""
    mapping = draft(desk, actor, mapping_id, revision)
    if column and column not in mapping.header:
        raise BadValue("column", column[:60], "column_of_the_table")
    columns = {known: told for known, told in mapping.columns.items() if known != field}
    if column:
        columns[str(field)] = column
    if field is Field.STATE:
        mapping = replace(mapping, words=dict(words or {}))
    return _changed(desk, actor, replace(mapping, columns=columns), "mapped", f"{field}: {column[:60]}")


def mean(desk: Desk, actor: Actor, mapping_id: int, revision: int, word: str, meaning: Meaning) -> TableMapping:
    """What a status word means. Raises as `draft`, and Unknown for a word the column does not have."""
    mapping = draft(desk, actor, mapping_id, revision)
    if word not in mapping.words:
        raise Unknown("status_word", word[:60])
    words = {**mapping.words, word: str(meaning)}
    return _changed(desk, actor, replace(mapping, words=words), "mapped", f"{word[:60]}: {meaning}")


def count_amounts(desk: Desk, actor: Actor, mapping_id: int, revision: int, *, per_line: bool) -> TableMapping:
    """Whether the amount paid stands once per order or on each line. Raises as `draft`."""
    mapping = draft(desk, actor, mapping_id, revision)
    return _changed(desk, actor, replace(mapping, per_line=per_line), "mapped")


def whole(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> TableMapping:
    """A draft that can be tried or saved. Raises as `draft`, and BadValue while a required field has no column."""
    mapping = draft(desk, actor, mapping_id, revision)
    if mapping.lacking:
        raise BadValue("mapping", "", "required_columns")
    return mapping


def save(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> TableMapping:
    """Remember it: files with this header are read by it from now on. Raises as `whole`."""
    mapping = whole(desk, actor, mapping_id, revision)
    return _changed(desk, actor, replace(mapping, saved_at=desk.now), "mapping_saved")


def forget(desk: Desk, actor: Actor, mapping_id: int, revision: int) -> TableMapping:
    """Files with this header ask again. What was taken in stays. Raises as `seen`, WrongStatus when it is a draft."""
    mapping = seen(desk, actor, mapping_id, revision)
    if mapping.saved_at is None:
        raise WrongStatus(mapping.file_name, "mapping_draft", "mapping_saved")
    return _changed(desk, actor, replace(mapping, saved_at=None), "mapping_forgotten")
