-- What a shot attempt is worth before it falls or misses, from where it was thrown and how open.
--
-- A logistic regression on shot_contexts; shot_weights says on what it was fitted and how well it
-- is calibrated. It does not know who shoots, and fouls and free throws are no part of it. How the
-- shot came about (catch, drive, fast break) is left out: the recorded plays that end in a rebound
-- begin later than those that end in a basket, so that it told the outcome.
--
-- game_id          Game.
-- segment_index    Camera shot.
-- team_id          Team; null if undecided.
-- player_id        Player; null if undecided or less sure than least_identity_prob().
-- tracklet_id      Tracklet of the shooter.
-- release_s        Last frame with the ball, seconds of the video.
-- made_prob        Probability that it falls; null if its place or nearest opponent is unknown.
-- expected_points  That probability times 3 from beyond the three-point line, else times 2.

with scored as (
    select
        shot_contexts.*,
        shot_weights.intercept_score
        + shot_weights.distance_score * shot_contexts.distance_m
        + shot_weights.near_score * shot_contexts.near_share
        + shot_weights.three_score * shot_contexts.is_three::int
        + shot_weights.open_score * shot_contexts.open_m
        + shot_weights.near_open_score * shot_contexts.near_share * shot_contexts.open_m
            as made_score
    from shot_contexts
    cross join shot_weights
)

select
    game_id,
    segment_index,
    team_id,
    player_id,
    tracklet_id,
    release_s,
    1 / (1 + exp(-made_score)) as made_prob,
    if(is_three, 3, 2) / (1 + exp(-made_score)) as expected_points
from scored
