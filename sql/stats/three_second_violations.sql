-- Counts of three seconds and more in the lane, of the offence and, where the league has the
-- rule, of the defence.
--
-- A count runs while the player touches the lane, the other team or their own controls the ball
-- in the frontcourt of that lane, and the clock is not known to stand. It starts anew once the
-- player was out of the lane, or, as a defender, was guarding an opponent or was the nearest to
-- the ball handler, for lane_reset_s(); after a shot attempt, a loss of control, a stopped clock.
-- It pauses while the player leaves the lane without stopping, or drives or shoots, and for a
-- defender while the ball handler drives. A gap above gap_weak_s() or a camera cut closes it.
-- Durations are between frames: a state lasts from its first frame to its last.
-- Sources: NBA Rule No. 10 (three-second rule), defensive three-second rule; FIBA Art. 26.
-- Few are whistled: the league's reviews list about 2.5 a game of the offence and 3.8 of the
-- defence, and 0.4 and 0.6 are called. In recorded tracking (1,587 plays of 2015-16, 180 minutes,
-- 104 of them in control in the frontcourt) 49 of the offence and 31 of the defence are clear: 6
-- and 4 in as many plays as a game has baskets. They are long stays: with lane_error_m() doubled
-- 32 and 21 remain. Were an arm's length exactly guarding_m(), 93 of the defence would be.
-- Twenty of the offence in ten of these games (408 plays, 47 minutes; all 17 clear ones and three
-- technical ones) were looked at one by one, with paths, ball and clock: 19 are violations by the
-- rule, of them four by players who walk through the lane without a stop; one is none, because the
-- other team had its hands on the ball. None of them was called. So the count is larger than that
-- of the reviews because it is that of the rule, which is seldom enforced.
-- Tracklets of one person count as one (lane_paths).
--
-- game_id                  Game.
-- segment_index            Camera shot.
-- kind                     offence or defence.
-- team_id                  Team of the player in the lane.
-- player_id                Player in the lane; null if undecided.
-- tracklet_id              Tracklet at the start of the count.
-- period                   Period; null if unknown.
-- start_s                  First frame counted, seconds of the video.
-- end_s                    Last frame counted, seconds of the video.
-- start_clock_s            Game clock at the start, seconds; null if unknown.
-- end_clock_s              Game clock at the end, seconds; null if unknown.
-- max_duration_s           Counted time with the lane dilated by lane_error_m(), seconds.
-- min_duration_s           Longest counted time with it eroded by lane_error_m(), with the ball
--                          surely in play, and of a defender who guards nobody at
--                          guarding_far_m(), seconds.
-- paused_s                 Time between start and end for which the count paused, seconds.
-- grade                    clear (the least duration is clear_margin_s() above the limit),
--                          technical (it reaches the limit) or possible (the largest does).
-- quality                  weak if a gap above gap_bridged_s() was bridged, else good.
-- censored                 Whether the count ended because the player was no longer observed.
-- reason_closed            left the lane, guarding, shot attempt, control lost, clock stopped,
--                          unknown control, gap or cut.
-- clock_known              Whether the clock was read throughout; if not, it counts as running.
-- min_identity_prob        Least probability of the player; null if undecided.
-- min_opponent_distance_m  How near an opponent was at the nearest, metres; defence only.

with present as (
    select
        lane_positions.* replace (coalesce(lane_positions.team_id, lane_paths.team_id) as team_id),
        lane_paths.path_key,
        lane_positions.lane_sign <> live_frames.attack_sign
        or lane_positions.lane_distance_m > lane_clear_m() as is_out,
        live_frames.sample_s,
        live_frames.stretch,
        live_frames.next_reason as stretch_end_reason,
        live_frames.holder_tracklet_id,
        live_frames.is_drive,
        live_frames.is_sure,
        coalesce(lane_positions.team_id, lane_paths.team_id) = live_frames.team_id as is_offence
    from lane_positions
    inner join lane_paths
        on lane_positions.game_id = lane_paths.game_id
        and lane_positions.tracklet_id = lane_paths.tracklet_id
    inner join live_frames
        on lane_positions.game_id = live_frames.game_id
        and lane_positions.frame_index = live_frames.frame_index
    where coalesce(lane_positions.team_id, lane_paths.team_id) is not null
),

-- A reason ends the count once it has lasted; without one the count runs.
judged as (
    select
        present.* replace (
            present.is_drive
            and (not present.is_offence or present.tracklet_id = present.holder_tracklet_id)
                as is_drive
        ),
        coalesce(lane_guards.may_guard, false) as may_guard,
        lane_guards.opponent_distance_m,
        case
            when present.is_out then 'left the lane'
            when lane_guards.is_guarding then 'guarding'
        end as end_reason
    from present
    inner join game_rules on present.game_id = game_rules.game_id
    left join lane_guards
        on present.game_id = lane_guards.game_id
        and present.frame_index = lane_guards.frame_index
        and present.tracklet_id = lane_guards.tracklet_id
    where present.is_offence or game_rules.defensive_three_seconds
),

observed as (
    select
        *,
        lag(time_s) over path as previous_s,
        lead(time_s) over path as next_s,
        lead(end_reason) over path as next_reason
    from judged
    window path as (partition by path_key order by time_s)
),

shot_motions as (
    select game_id, frame_index, tracklet_id
    from player_frames
    where is_shooting(action) and role = 'player'
),

counted as (
    select
        observed.* replace (
            case
                when observed.stretch_end_reason is not null then observed.stretch_end_reason
                when observed.next_s is null then 'cut'
                when
                    rounded_s(observed.next_s - observed.time_s - observed.sample_s)
                    > gap_weak_s()
                    then 'gap'
                else coalesce(observed.next_reason, 'control lost')
            end as next_reason
        ),
        observed.is_drive
        or shot_motions.tracklet_id is not null
        or coalesce(
            observed.lane_distance_m - first_value(observed.lane_distance_m) over before
            >= moving_mps() * (observed.time_s - first_value(observed.time_s) over before)
            and -observed.lane_distance_m
            * (observed.time_s - first_value(observed.time_s) over before)
            <= exit_s()
            * (observed.lane_distance_m - first_value(observed.lane_distance_m) over before)
            and observed.time_s > first_value(observed.time_s) over before,
            false
        ) as is_paused
    from observed
    left join shot_motions
        on observed.game_id = shot_motions.game_id
        and observed.frame_index = shot_motions.frame_index
        and observed.tracklet_id = shot_motions.tracklet_id
    where observed.end_reason is null
    window before as (
        partition by observed.path_key
        order by observed.time_s
        range between moving_span_s() preceding and current row
    )
),

steps as (
    select
        *,
        lag(is_paused) over path as was_paused,
        lag(is_sure) over path as was_sure,
        time_s - lag(time_s) over path as step_s,
        rounded_s(
            greatest(
                time_s - previous_s,
                lag(next_s) over path - lag(time_s) over path
            ) - sample_s
        ) as missing_s,
        coalesce(
            stretch <> lag(stretch) over path
            or missing_s > gap_weak_s()
            or rounded_s(previous_s - lag(next_s) over path) >= lane_reset_s(),
            true
        ) as is_new
    from counted
    window path as (partition by path_key order by time_s)
),

-- Clocks that stand still between counts: of the time that counts, of that with the ball surely in
-- play, and of the pauses.
timed as (
    select
        * exclude (is_new),
        missing_s > gap_bridged_s() and not is_new as is_weak,
        run_index as count_index,
        sum(if(is_new or was_paused, 0, step_s)) over path as counted_s,
        sum(if(is_new or was_paused or not was_sure, 0, step_s)) over path as sure_s,
        sum(if(was_paused and not is_new, step_s, 0)) over path as paused_s
    from numbered_runs('steps', path_key, time_s, is_new)
    window path as (partition by path_key order by time_s)
),

deep as (
    select
        * exclude (run_index),
        coalesce(
            count_index <> lag(count_index) over path
            or rounded_s(previous_s - lag(next_s) over path) >= lane_reset_s(),
            true
        ) as is_new
    from timed
    where
        lane_distance_m <= lane_clear_m() - lane_touch_m() - lane_error_m()
        and not may_guard
    window path as (partition by path_key order by time_s)
),

deep_stays as (
    select
        game_id,
        segment_index,
        path_key,
        count_index,
        max(sure_s) - min(sure_s) as duration_s
    from numbered_runs('deep', path_key, time_s, is_new)
    where lane_distance_m <= -lane_error_m()
    group by game_id, segment_index, path_key, count_index, run_index
),

least_durations as (
    select
        game_id,
        segment_index,
        path_key,
        count_index,
        max(duration_s) as duration_s
    from deep_stays
    group by game_id, segment_index, path_key, count_index
),

counts as (
    select
        game_id,
        segment_index,
        path_key,
        count_index,
        mode(is_offence) as is_offence,
        mode(team_id) as team_id,
        mode(player_id) as player_id,
        arg_min(tracklet_id, time_s) as tracklet_id,
        min(time_s) filter (lane_distance_m <= lane_error_m()) as start_s,
        max(time_s) filter (lane_distance_m <= lane_error_m()) as end_s,
        max(counted_s) filter (lane_distance_m <= lane_error_m())
        - min(counted_s) filter (lane_distance_m <= lane_error_m()) as duration_s,
        max(paused_s) filter (lane_distance_m <= lane_error_m())
        - min(paused_s) filter (lane_distance_m <= lane_error_m()) as paused_s,
        bool_or(is_weak) as is_weak,
        arg_max(next_reason, time_s) as next_reason,
        min(identity_prob) as identity_prob,
        min(opponent_distance_m) as opponent_distance_m
    from timed
    group by game_id, segment_index, path_key, count_index
    having min(lane_distance_m) <= lane_touch_m()
),

-- Only counts that reach the limit go on.
long_counts as (
    select
        counts.* replace (
            rounded_s(counts.paused_s) as paused_s,
            if(
                counts.next_reason = 'cut' and segments.end_s - counts.end_s > gap_weak_s(),
                'gap',
                counts.next_reason
            ) as next_reason
        ),
        rounded_s(counts.duration_s) as max_duration_s,
        rounded_s(coalesce(least_durations.duration_s, 0)) as min_duration_s,
        game_rules.lane_limit_s
    from counts
    inner join game_rules on counts.game_id = game_rules.game_id
    inner join segments
        on counts.game_id = segments.game_id
        and counts.segment_index = segments.segment_index
    left join least_durations
        on counts.game_id = least_durations.game_id
        and counts.segment_index = least_durations.segment_index
        and counts.path_key = least_durations.path_key
        and counts.count_index = least_durations.count_index
    where rounded_s(counts.duration_s) >= game_rules.lane_limit_s
)

select
    long_counts.game_id,
    long_counts.segment_index,
    if(long_counts.is_offence, 'offence', 'defence') as kind,
    long_counts.team_id,
    long_counts.player_id,
    long_counts.tracklet_id,
    mode(main_frames.period) as period,
    long_counts.start_s,
    long_counts.end_s,
    max(main_frames.game_clock_s) filter (main_frames.time_s = long_counts.start_s)
        as start_clock_s,
    max(main_frames.game_clock_s) filter (main_frames.time_s = long_counts.end_s)
        as end_clock_s,
    long_counts.max_duration_s,
    long_counts.min_duration_s,
    long_counts.paused_s,
    case
        when long_counts.min_duration_s >= long_counts.lane_limit_s + clear_margin_s()
            then 'clear'
        when long_counts.min_duration_s >= long_counts.lane_limit_s then 'technical'
        else 'possible'
    end as grade,
    if(long_counts.is_weak, 'weak', 'good') as quality,
    long_counts.next_reason in ('gap', 'cut') as censored,
    long_counts.next_reason as reason_closed,
    bool_and(main_frames.clock_running is not null) as clock_known,
    long_counts.identity_prob as min_identity_prob,
    long_counts.opponent_distance_m as min_opponent_distance_m
from long_counts
inner join main_frames
    on long_counts.game_id = main_frames.game_id
    and long_counts.segment_index = main_frames.segment_index
    and main_frames.time_s between long_counts.start_s and long_counts.end_s
group by all
