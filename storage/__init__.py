"""The shared store: tables, repositories, unit of work, migrations. The only SQL."""
