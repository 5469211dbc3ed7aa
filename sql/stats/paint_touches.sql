-- Touches of each player near the basket.
--
-- Sport: basketball
--
-- Definitions of the league's tracking statistics: a paint touch begins in the lane, a close touch
-- within 12 ft of the basket.
--
-- game_id              Game.
-- team_id              Team of the player.
-- player_id            Player.
-- touches              Number of touches whose place is known.
-- paint_touches        Of which begin in the lane.
-- paint_shot_attempts  Of those, which end in a shot attempt of the player.
-- close_touches        Number of touches that begin within 12 ft of the basket.
-- paint_s              Time of the paint touches, seconds.
-- possession_s         Time of all these touches, seconds.

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    count(*) as touches,
    count(*) filter (is_paint_touch) as paint_touches,
    count(*) filter (is_paint_touch and is_shot_attempt) as paint_shot_attempts,
    count(*) filter (feet(start_distance_m) <= 12) as close_touches,
    coalesce(sum(duration_s) filter (is_paint_touch), 0) as paint_s,
    sum(duration_s) as possession_s
from touches
where player_id is not null and is_paint_touch is not null
group by game_id, player_id
