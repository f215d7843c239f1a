"""flows/: Prefect at the edge. Comes in: a workspace and a day; goes out: a recorded run.

No logic lives here: the flow `daily` calls the pipeline's stages as coarse tasks, and
`engine` sees to it that a server is there to record them and gone afterwards.
"""
