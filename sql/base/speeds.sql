-- How fast each player is in every frame: smoothed and bounded, so that the error of a position is
-- not taken for a step.
--
-- The speed is the slope of the line through the positions within speed_span_s() to either side,
-- by least squares (Savitzky and Golay, Analytical Chemistry 36, 1964). Near the ends of a path it
-- is that of the nearest frame whose span lies in the path: a part of a span is several times as
-- noisy, and an average over it lags behind. Paths end at camera cuts and at gaps above
-- path_gap_s(); what is faster than leagues.fastest_mps is an error. A distance is the sum of
-- speed_mps * step_s over frames that have both; divide it by the time that they cover.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- frame_index    Frame.
-- time_s         Time of the frame, seconds.
-- tracklet_id    Tracklet.
-- team_id        Team of the player; null if undecided.
-- player_id      Player; null if undecided or less sure than least_identity_prob().
-- step_s         Time since the frame before on the path, seconds; null at its first.
-- speed_mps      Speed, metres a second; null if it is an error, or the frame is alone.

with steps as (
    select
        game_id,
        segment_index,
        frame_index,
        time_s,
        tracklet_id,
        team_id,
        player_id,
        court_x_m,
        court_y_m,
        coalesce(player_id, tracklet_id::varchar) as person,
        time_s - lag(time_s) over path as gap_s,
        coalesce(rounded_s(gap_s) > path_gap_s(), true) as is_new
    from lane_positions
    window path as (
        partition by game_id, segment_index, coalesce(player_id, tracklet_id::varchar)
        order by time_s
    )
),

slopes as (
    select
        *,
        min(time_s) over around > min(time_s) over path
        and max(time_s) over around < max(time_s) over path as is_whole,
        sqrt(
            (regr_slope(court_x_m::double, time_s) over around) ** 2
            + (regr_slope(court_y_m::double, time_s) over around) ** 2
        ) as slope_mps
    from numbered_runs('steps', (segment_index, person), time_s, is_new)
    window
        path as (partition by game_id, segment_index, person, run_index),
        around as (
            partition by game_id, segment_index, person, run_index
            order by time_s
            range between speed_span_s() preceding and speed_span_s() following
        )
),

smooth as (
    select
        *,
        coalesce(
            if(is_whole, slope_mps, null),
            first_value(if(is_whole, slope_mps, null) ignore nulls) over after,
            last_value(if(is_whole, slope_mps, null) ignore nulls) over before,
            slope_mps
        ) as smooth_mps
    from slopes
    window
        before as (
            partition by game_id, segment_index, person, run_index
            order by time_s
            rows between unbounded preceding and current row
        ),
        after as (
            partition by game_id, segment_index, person, run_index
            order by time_s
            rows between current row and unbounded following
        )
)

select
    smooth.game_id,
    smooth.segment_index,
    smooth.frame_index,
    smooth.time_s,
    smooth.tracklet_id,
    smooth.team_id,
    smooth.player_id,
    if(smooth.is_new, null, smooth.gap_s) as step_s,
    if(smooth.smooth_mps <= leagues.fastest_mps, smooth.smooth_mps, null) as speed_mps
from smooth
inner join games on smooth.game_id = games.game_id
inner join leagues on games.league = leagues.league
