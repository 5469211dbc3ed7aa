-- How often each team shoots in transition: within 8 s of gaining the ball in play.
--
-- No published counterpart; play-by-play has only the shot clock.
--
-- game_id                  Game.
-- team_id                  Team.
-- possessions              Possessions whose start and first shot attempt were seen.
-- transition               Of which in transition.
-- transition_share         Their share; null if there are no such possessions.
-- first_shot_after_s       Mean time to the first shot attempt, seconds.
-- transition_possession_s  Time of the possessions in transition, seconds.
-- possession_s             Time of all these possessions, seconds.

select
    game_id,
    team_id,
    count(*) as possessions,
    count(*) filter (is_transition) as transition,
    count(*) filter (is_transition) / count(*) as transition_share,
    avg(first_shot_after_s) as first_shot_after_s,
    coalesce(sum(duration_s) filter (is_transition), 0) as transition_possession_s,
    sum(duration_s) as possession_s
from possessions
where is_transition is not null
group by game_id, team_id
