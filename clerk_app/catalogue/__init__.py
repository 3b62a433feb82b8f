"""ADD AN ITEM OR A LIFE EVENT HERE: one JSON file each in ``items/`` or ``life_events/``, no code.

``vocabulary.json`` says once what each field and material is, so that 姓名 is the same field in every item.
``loader`` reads strictly, ``check`` finds what contradicts itself or the rules, ``search`` finds by name and pinyin.
After a name or alias has changed: ``python -m clerk_app.catalogue.pinyin`` renews ``pinyin.json``.
"""
