"""Everything at once against the queue: faulty services, dying workers, a database that goes away, a full disk, a clock
that jumps. What the stand-ins of the services hold afterwards is the judge, never our own database.
"""
