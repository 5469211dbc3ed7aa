-- Distance each player covered while visible, and how fast.
--
-- The sum of the speeds of base view speeds, each times its step; steps without a speed are left
-- out with their time, and so are gaps and camera cuts. For comparison: players of the league run
-- 2.5 to 2.9 miles in 36 minutes, at about 4.4 mph (1.95 m/s) while the clock runs; recorded plays
-- of 2015-16 give 2.44 miles, and 2.48 without any smoothing.
--
-- game_id          Game.
-- team_id          Team of the player.
-- player_id        Player.
-- distance_m       Path length on the court, metres.
-- observed_s       Time the path covers, seconds. Compare players per observed second.
-- mean_speed_mps   Distance by that time, metres a second.
-- top_speed_mps    Largest speed, metres a second.
-- standing_share   Share of that time slower than moving_mps().

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    sum(speed_mps * step_s) as distance_m,
    sum(step_s) as observed_s,
    sum(speed_mps * step_s) / sum(step_s) as mean_speed_mps,
    max(speed_mps) as top_speed_mps,
    coalesce(sum(step_s) filter (speed_mps < moving_mps()), 0) / sum(step_s) as standing_share
from speeds
where player_id is not null and step_s is not null and speed_mps is not null
group by game_id, player_id
