"""The words of the aggregator: frozen values that travel from stage to stage (floor 0, standard library only).

Times are aware UTC and end in `_at`; durations are `timedelta`; sizes end in `_bytes`.
"""
