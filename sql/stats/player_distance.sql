-- Distance each player covered while visible, and how fast.
--
-- Positions are averaged over speed_span_s() to either side, so that the error of a position is
-- not counted as a step. Gaps above path_gap_s() and camera cuts are not bridged; steps faster
-- than fastest_mps() are errors and are left out with their time. For comparison: speed in
-- league tracking is about 4.4 mph (1.95 m/s) while the clock runs.
--
-- game_id          Game.
-- team_id          Team of the player.
-- player_id        Player.
-- distance_m       Path length on the court, metres.
-- observed_s       Time the path covers, seconds. Compare players per observed second.
-- mean_speed_mps   Distance by that time, metres a second.
-- top_speed_mps    Largest speed of a step, metres a second.
-- standing_share   Share of that time slower than moving_mps().

with smooth as (
    select
        game_id,
        segment_index,
        team_id,
        player_id,
        time_s,
        avg(court_x_m) over around as x_m,
        avg(court_y_m) over around as y_m
    from lane_positions
    where player_id is not null
    window around as (
        partition by game_id, player_id, segment_index
        order by time_s
        range between speed_span_s() preceding and speed_span_s() following
    )
),

steps as (
    select
        game_id,
        team_id,
        player_id,
        time_s - lag(time_s) over path as step_s,
        sqrt((x_m - lag(x_m) over path) ** 2 + (y_m - lag(y_m) over path) ** 2) as step_m
    from smooth
    window path as (partition by game_id, player_id, segment_index order by time_s)
),

valid_steps as (
    select game_id, team_id, player_id, step_s, step_m, step_m / step_s as speed_mps
    from steps
    where
        step_s > 0
        and rounded_s(step_s) <= path_gap_s()
        and step_m <= fastest_mps() * step_s
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    sum(step_m) as distance_m,
    sum(step_s) as observed_s,
    sum(step_m) / sum(step_s) as mean_speed_mps,
    max(speed_mps) as top_speed_mps,
    coalesce(sum(step_s) filter (speed_mps < moving_mps()), 0) / sum(step_s) as standing_share
from valid_steps
group by game_id, player_id
