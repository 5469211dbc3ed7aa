-- Expected points of each possession: what its shots were worth as they were thrown.
--
-- The sum of the expected points of the shot attempts of the possession (shot_values), with those
-- after offensive rebounds; 0 where none was thrown. Beside it what the score bug says; the
-- difference of many possessions is luck, the skill of the shooters, and free throws.
--
-- game_id          Game.
-- segment_index    Camera shot.
-- team_id          Team with the ball.
-- period           Period; null if unknown.
-- start_s          First frame, seconds of the video.
-- player_ids       The five of the team, as in lineups; null if not known.
-- shot_attempts    Shot attempts released.
-- expected_points  What they were worth; null if that is not known of one of them.
-- points           Points by the score bug; null if it was not read.

select
    possessions.game_id,
    possessions.segment_index,
    possessions.team_id,
    any_value(possessions.period) as period,
    possessions.start_s,
    any_value(possessions.player_ids) as player_ids,
    count(shot_values.release_s) as shot_attempts,
    if(
        count(shot_values.release_s) = count(shot_values.expected_points),
        coalesce(sum(shot_values.expected_points), 0),
        null
    ) as expected_points,
    any_value(possessions.points) as points
from possessions
left join shot_values
    on possessions.game_id = shot_values.game_id
    and possessions.segment_index = shot_values.segment_index
    and possessions.team_id = shot_values.team_id
    and shot_values.release_s between possessions.start_s and possessions.end_s
group by
    possessions.game_id, possessions.segment_index, possessions.team_id, possessions.start_s
