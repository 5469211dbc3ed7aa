-- How fast each player still is: speed by period, and by the minute of the stint.
--
-- Speeds of base view speeds while the clock is not known to stand, as in player_distance; a minute
-- of a stint is one of the main view since the player came in. Compare minutes of many stints: in
-- one, the play decides. The league publishes speed by game only.
--
-- game_id          Game.
-- team_id          Team of the player.
-- player_id        Player.
-- period           Period; null if unknown.
-- stint            Stint of the player in the game, from 1.
-- stint_minute     Minute of it, from 0.
-- distance_m       Path length in it, metres.
-- observed_s       Time the path covers, seconds: weigh by it.
-- mean_speed_mps   Distance by that time, metres a second.
-- fast_share       Share of that time at fast_mps() or more.

with numbered as (
    select
        *,
        row_number() over (partition by game_id, player_id order by start_s) as stint
    from stints
),

placed as (
    select
        speeds.game_id,
        speeds.player_id,
        speeds.speed_mps,
        speeds.step_s,
        numbered.team_id,
        numbered.period,
        numbered.stint,
        floor((speeds.time_s - numbered.start_s) / 60)::integer as stint_minute
    from speeds
    inner join main_frames
        on speeds.game_id = main_frames.game_id
        and speeds.frame_index = main_frames.frame_index
    inner join numbered
        on speeds.game_id = numbered.game_id
        and speeds.player_id = numbered.player_id
        and speeds.time_s between numbered.start_s and numbered.end_s
    where
        speeds.speed_mps is not null
        and speeds.step_s is not null
        and coalesce(main_frames.clock_running, true)
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    any_value(period) as period,
    stint,
    stint_minute,
    sum(speed_mps * step_s) as distance_m,
    sum(step_s) as observed_s,
    sum(speed_mps * step_s) / sum(step_s) as mean_speed_mps,
    coalesce(sum(step_s) filter (speed_mps >= fast_mps()), 0) / sum(step_s) as fast_share
from placed
group by game_id, player_id, stint, stint_minute
