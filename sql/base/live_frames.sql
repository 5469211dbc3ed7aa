-- Frames in which three seconds are counted: a team controls the ball in its frontcourt, and the
-- clock is not known to stand.
--
-- Counts begin anew with every stretch: after a shot attempt, a loss of control, a stopped clock.
-- The ball handler drives while moving to the basket, inside the three-point line, at
-- moving_mps() or more over the last moving_span_s().
--
-- game_id             Game.
-- segment_index       Camera shot.
-- frame_index         Frame.
-- time_s              Time of the frame, seconds.
-- sample_s            Usual step of the game, seconds.
-- stretch             Frames without an interruption, counted in the segment.
-- next_reason         Why counts end after this frame: shot attempt, control lost, clock stopped
--                     or unknown control; null if they do not.
-- team_id             Team in control.
-- attack_sign         Basket that it attacks: 1 for x > 0, or -1.
-- basket_x_m          Where that basket is along the court, metres.
-- holder_tracklet_id  Who of the team is seen with the ball; null if nobody.
-- holder_x_m          Where they stand along the court, metres; null if unknown.
-- holder_y_m          Where they stand across the court, metres; null if unknown.
-- is_drive            Whether they drive to the basket.
-- is_sure             Whether the ball is surely in play: the clock was read and runs, or a player
--                     was seen with the ball within ball_memory_s().

with states as (
    select
        main_frames.game_id,
        main_frames.segment_index,
        main_frames.frame_index,
        main_frames.time_s,
        main_frames.sample_s,
        team_control.team_id,
        team_control.control_index,
        team_control.attack_sign,
        if(
            team_control.holder_team_id = team_control.team_id,
            team_control.holder_tracklet_id,
            null
        ) as holder_tracklet_id,
        team_control.holder_x_m,
        team_control.holder_y_m,
        coalesce(main_frames.clock_running, false)
        or count(team_control.holder_tracklet_id) over lately > 0 as is_sure,
        game_rules.basket_x_m * team_control.attack_sign as basket_x_m,
        game_rules.three_point_radius_m,
        case
            when not coalesce(main_frames.clock_running, true) then 'clock stopped'
            when team_control.state in ('released', 'scored') then 'shot attempt'
            when team_control.team_id is null or team_control.attack_sign is null
                then 'unknown control'
            when not team_control.is_frontcourt then 'control lost'
        end as dead_reason
    from main_frames
    inner join team_control
        on main_frames.game_id = team_control.game_id
        and main_frames.frame_index = team_control.frame_index
    inner join game_rules on main_frames.game_id = game_rules.game_id
    window lately as (
        partition by main_frames.game_id, main_frames.segment_index
        order by main_frames.time_s
        range between ball_memory_s() preceding and current row
    )
),

stretches as (
    select
        *,
        lead(dead_reason) over frames as next_reason,
        control_index + 100000 * count(dead_reason) over frames as stretch,
        sqrt((holder_x_m - basket_x_m) ** 2 + holder_y_m ** 2) as to_basket_m
    from states
    window frames as (partition by game_id, segment_index order by time_s)
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    sample_s,
    stretch,
    next_reason,
    team_id,
    attack_sign,
    basket_x_m,
    holder_tracklet_id,
    holder_x_m,
    holder_y_m,
    coalesce(
        holder_tracklet_id is not null
        and to_basket_m <= three_point_radius_m
        and first_value(to_basket_m) over before - to_basket_m
        >= moving_mps() * (time_s - first_value(time_s) over before)
        and time_s > first_value(time_s) over before,
        false
    ) as is_drive,
    is_sure
from stretches
where dead_reason is null
window before as (
    partition by game_id, segment_index, stretch, holder_tracklet_id
    order by time_s
    range between moving_span_s() preceding and current row
)
