"""What differs from one database engine to another, behind one class: ``Dialect`` in ``base``.

The service, its lists and its writes are the same on SQLite and on PostgreSQL. Expressions that are spelt differently
are in ``data.expressions`` and compile themselves; everything else is a method of a dialect.
"""
