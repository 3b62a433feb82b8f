"""The common vocabulary: what a field id or a material id means, the same in every item (architecture decision 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.catalogue.reading import ID, Reading
from clerk_app.domain.canonical import Json, content_hash
from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.domain.service_item import Choice, FieldType, FormField

_FIELD_KEYS = ("label", "type", "source", "choices", "group", "hint", "members", "sensitive")
MATERIAL_KINDS = ("证件证书证明", "申请表格文书", "其他")
MATERIAL_FORMS = ("纸质", "电子化", "纸质/电子化")
SOURCES = ("申请人自备", "政府部门核发", "其他")
_OF_A_PERSON = ("name", "id_number", "birth", "sex", "ethnicity", "address", "phone", "valid_to")
KNOWN_VALUES = (
    *(f"{who}.{part}" for who in ("applicant", "agent", "guardian") for part in _OF_A_PERSON),
    *("organisation.name", "organisation.uscc"),
)
"""What the window knows of the people and the organisation at the counter without asking; a field's ``source`` is one of these."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A field of the vocabulary. ``type`` is None where the file fails to say."""

    id: str
    label: str
    type: FieldType | None
    source: str = ""
    choices: tuple[Choice, ...] = ()
    group: str = ""
    hint: str = ""
    members: tuple[FormField, ...] = ()
    sensitive: str = ""


@dataclass(frozen=True, slots=True)
class MaterialEntry:
    """A material of the vocabulary: name, and the columns that do not change from item to item."""

    id: str
    name: str
    kind: str
    form: str
    source: str
    source_note: str = ""
    spec: str = ""
    sensitive: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Fields and materials by id; ``raw`` as they stand in the file, for the hash of whatever uses them.

    ``departments`` and kinds of e-``certificates``: the names that items may use; empty where a catalogue does not list them.
    """

    fields: Mapping[str, FieldEntry] = field(default_factory=dict)
    materials: Mapping[str, MaterialEntry] = field(default_factory=dict)
    departments: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    raw: Mapping[str, Json] = field(default_factory=dict)

    def hash_with(self, root: Mapping[str, Json]) -> str:
        """The hash of an item or life event file together with the words it uses: what a case pins."""
        words: dict[str, Json] = {}
        for kind in ("fields", "materials"):
            uses = root.get(kind)
            ids = [each.get("id") for each in uses if isinstance(each, Mapping)] if isinstance(uses, list) else []
            words[kind] = {name: self.raw.get(kind, {}).get(name) for name in ids if isinstance(name, str)}
        return content_hash({"file": root, "words": words})


def read_vocabulary(data: bytes, reading: Reading) -> Vocabulary:
    """Read ``vocabulary.json``; faults are left in ``reading.problems``."""
    root = reading.root(data)
    reading.keys(root, "", ("format", "departments", "certificates", "fields", "materials"), ("fields", "materials"))
    fields: dict[str, FieldEntry] = {}
    for field_id, place, entry in _entries(reading, root, "fields"):
        reading.keys(entry, place, _FIELD_KEYS, ("label", "group"))
        fields[field_id] = FieldEntry(
            id=field_id,
            label=reading.text(entry, "label", place, filled=True),
            type=read_type(reading, entry, place),
            source=reading.text(entry, "source", place, one_of=KNOWN_VALUES),
            choices=read_choices(reading, entry, place),
            group=reading.text(entry, "group", place),
            hint=reading.text(entry, "hint", place),
            members=_members(reading, entry, place),
            sensitive=reading.text(entry, "sensitive", place, one_of=tuple(SensitiveKind)),
        )
        if fields[field_id].type is FieldType.CHOICE and not fields[field_id].choices:
            reading.wrong(f"{place}.choices", "选择项没有可选的内容")
        if (fields[field_id].type is FieldType.GROUP) != bool(fields[field_id].members):
            reading.wrong(f"{place}.members", "成员组要写明每位填什么，其他字段不写 members")
    materials: dict[str, MaterialEntry] = {}
    for material_id, place, entry in _entries(reading, root, "materials"):
        reading.keys(
            entry,
            place,
            ("name", "kind", "form", "source", "source_note", "spec", "sensitive"),
            ("name", "kind", "form", "source"),
        )
        materials[material_id] = MaterialEntry(
            id=material_id,
            name=reading.text(entry, "name", place, filled=True),
            kind=reading.text(entry, "kind", place, one_of=MATERIAL_KINDS),
            form=reading.text(entry, "form", place, one_of=MATERIAL_FORMS),
            source=reading.text(entry, "source", place, one_of=SOURCES),
            source_note=reading.text(entry, "source_note", place),
            spec=reading.text(entry, "spec", place),
            sensitive=reading.text(entry, "sensitive", place, one_of=tuple(SensitiveKind)),
        )
    raw = {key: value for key, value in root.items() if key in ("fields", "materials") and isinstance(value, Mapping)}
    departments, certificates = reading.texts(root, "departments"), reading.texts(root, "certificates")
    return Vocabulary(fields, materials, departments, certificates, raw)


def _members(reading: Reading, data: Mapping[str, Json], place: str) -> tuple[FormField, ...]:
    """What a group asks of each member; ids are plain words of their own (name, relation), groups never nest."""
    members: list[FormField] = []
    for where, each in reading.objects(data, "members", place):
        reading.keys(each, where, ("id", "label", "type", "required", "choices", "hint"), ("id", "label", "type"))
        kind = read_type(reading, each, where)
        if kind is FieldType.GROUP:
            reading.wrong(f"{where}.type", "成员组里不能再有成员组")
        choices = read_choices(reading, each, where)
        if kind is FieldType.CHOICE and not choices:
            reading.wrong(f"{where}.choices", "选择项没有可选的内容")
        members.append(
            FormField(
                id=reading.text(each, "id", where, pattern=ID),
                label=reading.text(each, "label", where, filled=True),
                type=kind or FieldType.TEXT,
                required=reading.truth(each, "required", where, default=True),
                choices=choices,
                hint=reading.text(each, "hint", where),
            )
        )
    reading.unique([each.id for each in members], f"{place}.members")
    return tuple(members)


def read_type(reading: Reading, data: Mapping[str, Json], place: str) -> FieldType | None:
    """The field type under ``type``; None when absent or unknown (the latter is a fault)."""
    if "type" not in data:
        return None
    text = reading.text(data, "type", place, one_of=tuple(FieldType))
    return FieldType(text) if text in tuple(FieldType) else None


def read_choices(reading: Reading, data: Mapping[str, Json], place: str) -> tuple[Choice, ...]:
    """The choices under ``choices``: value and label, no value twice."""
    choices: list[Choice] = []
    for where, each in reading.objects(data, "choices", place):
        reading.keys(each, where, ("value", "label"), ("value", "label"))
        choices.append(
            Choice(
                reading.text(each, "value", where, filled=True),
                reading.text(each, "label", where, filled=True),
            )
        )
    reading.unique([choice.value for choice in choices], f"{place}.choices")
    return tuple(choices)


def _entries(reading: Reading, root: Mapping[str, Json], key: str) -> list[tuple[str, str, Mapping[str, Json]]]:
    table = reading.object(root, key, "") or {}
    found: list[tuple[str, str, Mapping[str, Json]]] = []
    for entry_id in table:
        if not ID.fullmatch(entry_id):
            reading.wrong(key, "编号只能用小写英文、数字、点、下划线和连字符")
            continue
        entry = reading.object(table, entry_id, key)
        if entry is None:
            reading.wrong(f"{key}.{entry_id}", "应是一个对象 {…}")
            continue
        found.append((entry_id, f"{key}.{entry_id}", entry))
    return found
