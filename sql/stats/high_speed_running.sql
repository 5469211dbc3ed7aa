-- How far and how often each player ran fast: at high speed, and in sprints.
--
-- Sport: soccer
--
-- Speeds are those of base view speeds. High speed begins at leagues.high_mps, 19.8 km/h, and
-- sprinting at leagues.sprint_mps, 25.2 km/h; high-speed distance includes that of sprints. A run
-- or sprint is a stretch of a path above the line that lasts effort_least_s() at least. Studies
-- agree on no line: these are the most used (Gualtieri et al., Frontiers in Sports and Active
-- Living 5, 2023). The distances of professionals in a match are 618 to 1,001 m and 153 to 295 m
-- there.
--
-- game_id          Game.
-- team_id          Team of the player.
-- player_id        Player.
-- high_speed_m     Distance at high speed, metres.
-- sprint_m         Of which sprinting, metres.
-- high_speed_runs  Runs at high speed.
-- sprints          Sprints.
-- top_speed_mps    Largest speed, metres a second.
-- observed_s       Time that the paths cover, seconds. Compare players per observed second.

with timed as (
    select
        speeds.game_id,
        speeds.segment_index,
        speeds.time_s,
        speeds.team_id,
        speeds.player_id,
        speeds.step_s,
        speeds.speed_mps,
        coalesce(speeds.speed_mps >= leagues.high_mps, false) as is_high,
        coalesce(speeds.speed_mps >= leagues.sprint_mps, false) as is_sprint
    from speeds
    inner join games on speeds.game_id = games.game_id
    inner join leagues on games.league = leagues.league
    where speeds.player_id is not null and speeds.step_s is not null
),

high_runs as (
    select
        game_id,
        player_id,
        rounded_s(sum(step_s)) >= effort_least_s() as is_effort
    from equal_runs('timed', (segment_index, player_id), time_s, is_high)
    where is_high
    group by game_id, player_id, segment_index, run_index
),

sprint_runs as (
    select
        game_id,
        player_id,
        rounded_s(sum(step_s)) >= effort_least_s() as is_effort
    from equal_runs('timed', (segment_index, player_id), time_s, is_sprint)
    where is_sprint
    group by game_id, player_id, segment_index, run_index
),

high_counts as (
    select game_id, player_id, count(*) as runs
    from high_runs
    where is_effort
    group by game_id, player_id
),

sprint_counts as (
    select game_id, player_id, count(*) as runs
    from sprint_runs
    where is_effort
    group by game_id, player_id
)

select
    timed.game_id,
    any_value(timed.team_id) as team_id,
    timed.player_id,
    coalesce(sum(timed.speed_mps * timed.step_s) filter (timed.is_high), 0) as high_speed_m,
    coalesce(sum(timed.speed_mps * timed.step_s) filter (timed.is_sprint), 0) as sprint_m,
    coalesce(any_value(high_counts.runs), 0) as high_speed_runs,
    coalesce(any_value(sprint_counts.runs), 0) as sprints,
    max(timed.speed_mps) as top_speed_mps,
    sum(timed.step_s) filter (timed.speed_mps is not null) as observed_s
from timed
left join high_counts
    on timed.game_id = high_counts.game_id and timed.player_id = high_counts.player_id
left join sprint_counts
    on timed.game_id = sprint_counts.game_id and timed.player_id = sprint_counts.player_id
group by timed.game_id, timed.player_id
