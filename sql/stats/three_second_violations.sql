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
-- defence, and 0.4 and 0.6 are called.
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
-- min_duration_s           Longest counted time with it eroded by lane_error_m(), seconds.
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

with frame_states as (
    select
        main_frames.game_id,
        main_frames.segment_index,
        main_frames.frame_index,
        main_frames.time_s,
        main_frames.sample_s,
        main_frames.period,
        main_frames.game_clock_s,
        main_frames.clock_running is not null as clock_known,
        team_control.team_id as control_team_id,
        team_control.control_index,
        team_control.attack_sign,
        team_control.holder_tracklet_id,
        team_control.holder_team_id,
        team_control.holder_x_m,
        team_control.holder_y_m,
        game_rules.basket_x_m * team_control.attack_sign as basket_x_m,
        game_rules.three_point_radius_m,
        game_rules.lane_limit_s,
        game_rules.defensive_three_seconds,
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
),

-- How fast the ball handler moves to the basket, over the last speed_span_s().
handlers as (
    select
        game_id,
        frame_index,
        holder_tracklet_id,
        holder_x_m,
        holder_y_m,
        control_team_id,
        sqrt((holder_x_m - basket_x_m) ** 2 + holder_y_m ** 2) as to_basket_m,
        (first_value(to_basket_m) over around - last_value(to_basket_m) over around)
        / nullif(last_value(time_s) over around - first_value(time_s) over around, 0)
            as approach_mps,
        coalesce(
            approach_mps >= moving_mps() and to_basket_m <= three_point_radius_m, false
        ) as is_driving
    from frame_states
    where dead_reason is null and holder_team_id = control_team_id and holder_x_m is not null
    window around as (
        partition by game_id, segment_index, control_index, holder_tracklet_id
        order by time_s
        range between speed_span_s() preceding and current row
    )
),

present as (
    select
        lane_positions.game_id,
        lane_positions.segment_index,
        lane_positions.frame_index,
        lane_positions.time_s,
        lane_positions.tracklet_id,
        lane_positions.subject,
        lane_positions.team_id,
        lane_positions.player_id,
        lane_positions.identity_prob,
        lane_positions.court_x_m,
        lane_positions.court_y_m,
        frame_states.sample_s,
        frame_states.control_index,
        frame_states.control_team_id,
        frame_states.basket_x_m,
        frame_states.dead_reason,
        frame_states.defensive_three_seconds,
        lane_positions.team_id = frame_states.control_team_id as is_offence,
        if(
            lane_positions.lane_sign = frame_states.attack_sign,
            lane_positions.lane_distance_m,
            100.0
        ) as lane_distance_m,
        lane_distance_m > lane_clear_m() as is_out
    from lane_positions
    inner join frame_states
        on lane_positions.game_id = frame_states.game_id
        and lane_positions.frame_index = frame_states.frame_index
    where lane_positions.team_id is not null
),

guards as (
    select game_id, frame_index, tracklet_id, team_id, court_x_m, court_y_m, basket_x_m
    from present
    where dead_reason is null and not is_offence and not is_out and defensive_three_seconds
),

guarded_pairs as (
    select
        guards.game_id,
        guards.frame_index,
        guards.tracklet_id,
        guards.team_id,
        opponents.court_x_m as opponent_x_m,
        opponents.court_y_m as opponent_y_m,
        guards.court_x_m - opponents.court_x_m as guard_x_m,
        guards.court_y_m - opponents.court_y_m as guard_y_m,
        sqrt(guard_x_m ** 2 + guard_y_m ** 2) as distance_m,
        guard_x_m * (guards.basket_x_m - opponents.court_x_m)
        - guard_y_m * opponents.court_y_m >= 0 as is_basket_side
    from guards
    inner join lane_positions as opponents
        on guards.game_id = opponents.game_id
        and guards.frame_index = opponents.frame_index
        and guards.team_id <> opponents.team_id
),

-- Behind a team-mate who is nearer to the same opponent, in the same direction.
stacked_pairs as (
    select
        guarded_pairs.game_id,
        guarded_pairs.frame_index,
        guarded_pairs.tracklet_id,
        guarded_pairs.opponent_x_m,
        guarded_pairs.opponent_y_m
    from guarded_pairs
    inner join lane_positions as mates
        on guarded_pairs.game_id = mates.game_id
        and guarded_pairs.frame_index = mates.frame_index
        and guarded_pairs.team_id = mates.team_id
        and guarded_pairs.tracklet_id <> mates.tracklet_id
    where
        guarded_pairs.distance_m <= guarding_m()
        and (mates.court_x_m - opponent_x_m) ** 2 + (mates.court_y_m - opponent_y_m) ** 2
        < distance_m ** 2
        and (mates.court_x_m - opponent_x_m) * guard_x_m
        + (mates.court_y_m - opponent_y_m) * guard_y_m
        > cos(radians(stacked_deg())) * distance_m
        * sqrt((mates.court_x_m - opponent_x_m) ** 2 + (mates.court_y_m - opponent_y_m) ** 2)
),

guarding as (
    select
        guarded_pairs.game_id,
        guarded_pairs.frame_index,
        guarded_pairs.tracklet_id,
        min(guarded_pairs.distance_m) as opponent_distance_m,
        bool_or(
            guarded_pairs.distance_m <= guarding_m()
            and guarded_pairs.is_basket_side
            and stacked_pairs.tracklet_id is null
        ) as is_guarding
    from guarded_pairs
    left join stacked_pairs
        on guarded_pairs.game_id = stacked_pairs.game_id
        and guarded_pairs.frame_index = stacked_pairs.frame_index
        and guarded_pairs.tracklet_id = stacked_pairs.tracklet_id
        and guarded_pairs.opponent_x_m = stacked_pairs.opponent_x_m
        and guarded_pairs.opponent_y_m = stacked_pairs.opponent_y_m
    group by guarded_pairs.game_id, guarded_pairs.frame_index, guarded_pairs.tracklet_id
),

handler_defenders as (
    select
        handlers.game_id,
        handlers.frame_index,
        arg_min(
            defenders.tracklet_id,
            (defenders.court_x_m - handlers.holder_x_m) ** 2
            + (defenders.court_y_m - handlers.holder_y_m) ** 2
        ) as tracklet_id
    from handlers
    inner join lane_positions as defenders
        on handlers.game_id = defenders.game_id
        and handlers.frame_index = defenders.frame_index
        and handlers.control_team_id <> defenders.team_id
    group by handlers.game_id, handlers.frame_index
),

-- What each observation is to the count: null lets it run, a text ends it.
judged as (
    select
        present.game_id,
        present.segment_index,
        present.frame_index,
        present.time_s,
        present.tracklet_id,
        present.subject,
        present.team_id,
        present.player_id,
        present.identity_prob,
        present.sample_s,
        present.control_index,
        present.is_offence,
        present.lane_distance_m,
        present.dead_reason,
        guarding.opponent_distance_m,
        case
            when present.dead_reason is not null then present.dead_reason
            when not (present.is_offence or present.defensive_three_seconds) then 'control lost'
            when present.is_out then 'left the lane'
            when guarding.is_guarding or handler_defenders.tracklet_id is not null then 'guarding'
        end as end_reason,
        coalesce(
            handlers.is_driving
            and (not present.is_offence or handlers.holder_tracklet_id = present.tracklet_id),
            false
        ) as is_drive
    from present
    left join guarding
        on present.game_id = guarding.game_id
        and present.frame_index = guarding.frame_index
        and present.tracklet_id = guarding.tracklet_id
    left join handler_defenders
        on present.game_id = handler_defenders.game_id
        and present.frame_index = handler_defenders.frame_index
        and present.tracklet_id = handler_defenders.tracklet_id
    left join handlers
        on present.game_id = handlers.game_id
        and present.frame_index = handlers.frame_index
),

shot_motions as (
    select game_id, frame_index, tracklet_id
    from player_frames
    where action in ('jump-shot', 'layup-dunk')
),

observed as (
    select
        game_id,
        segment_index,
        frame_index,
        time_s,
        tracklet_id,
        subject,
        team_id,
        player_id,
        identity_prob,
        control_index,
        is_offence,
        lane_distance_m,
        dead_reason,
        opponent_distance_m,
        end_reason,
        is_drive,
        lag(time_s) over path as previous_s,
        lead(time_s) over path as next_s,
        lead(end_reason) over path as next_reason,
        greatest(time_s - lag(time_s) over path - sample_s, 0) as missing_before_s,
        greatest(lead(time_s) over path - time_s - sample_s, 0) as missing_after_s,
        (last_value(lane_distance_m) over around - first_value(lane_distance_m) over around)
        / nullif(last_value(time_s) over around - first_value(time_s) over around, 0)
            as outward_mps
    from judged
    window
        path as (partition by game_id, segment_index, subject order by time_s),
        around as (
            partition by game_id, segment_index, subject
            order by time_s
            range between speed_span_s() preceding and current row
        )
),

numbered as (
    select
        game_id,
        segment_index,
        frame_index,
        time_s,
        tracklet_id,
        subject,
        team_id,
        player_id,
        identity_prob,
        control_index,
        is_offence,
        lane_distance_m,
        opponent_distance_m,
        end_reason,
        is_drive,
        previous_s,
        next_s,
        next_reason,
        missing_after_s,
        outward_mps,
        -- Observations that end every count before them.
        sum(
            (dead_reason is not null or rounded_s(missing_before_s) > gap_weak_s())::int
        ) over path as stretch,
        max(
            if(rounded_s(missing_before_s) > gap_bridged_s(), time_s, null)
        ) over path as weak_s
    from observed
    window path as (partition by game_id, segment_index, subject order by time_s)
),

counted as (
    select
        numbered.game_id,
        numbered.segment_index,
        numbered.time_s,
        numbered.tracklet_id,
        numbered.subject,
        numbered.team_id,
        numbered.player_id,
        numbered.identity_prob,
        numbered.is_offence,
        numbered.lane_distance_m,
        numbered.opponent_distance_m,
        numbered.previous_s,
        numbered.next_s,
        numbered.weak_s,
        case
            when numbered.next_s is null then 'cut'
            when rounded_s(numbered.missing_after_s) > gap_weak_s() then 'gap'
            else coalesce(numbered.next_reason, 'control lost')
        end as next_reason,
        coalesce(
            numbered.is_drive
            or shot_motions.tracklet_id is not null
            or (
                numbered.outward_mps >= moving_mps()
                and -numbered.lane_distance_m <= exit_s() * numbered.outward_mps
            ),
            false
        ) as is_paused,
        coalesce(lag(is_paused) over path, false) as was_paused,
        numbered.time_s - lag(numbered.time_s) over path as step_s,
        row_number() over path = 1
        or (control_index, stretch) is distinct from lag((control_index, stretch)) over path
        or rounded_s(previous_s - lag(next_s) over path) >= lane_reset_s() as is_new
    from numbered
    left join shot_motions
        on numbered.game_id = shot_motions.game_id
        and numbered.frame_index = shot_motions.frame_index
        and numbered.tracklet_id = shot_motions.tracklet_id
    where numbered.end_reason is null
    window path as (
        partition by numbered.game_id, numbered.segment_index, numbered.subject
        order by numbered.time_s
    )
),

-- Two clocks that stand still between counts: of the time that counts, and of the pauses.
timed as (
    select
        game_id,
        segment_index,
        time_s,
        tracklet_id,
        subject,
        team_id,
        player_id,
        identity_prob,
        is_offence,
        lane_distance_m,
        opponent_distance_m,
        previous_s,
        next_s,
        weak_s,
        next_reason,
        sum(is_new::int) over path as count_index,
        sum(if(is_new or was_paused, 0, step_s)) over path as counted_s,
        sum(if(was_paused and not is_new, step_s, 0)) over path as paused_s
    from counted
    window path as (partition by game_id, segment_index, subject order by time_s)
),

deep as (
    select
        game_id,
        segment_index,
        time_s,
        subject,
        lane_distance_m,
        counted_s,
        count_index,
        coalesce(
            count_index <> lag(count_index) over path
            or rounded_s(previous_s - lag(next_s) over path) >= lane_reset_s(),
            true
        ) as is_new
    from timed
    where lane_distance_m <= lane_clear_m() - lane_touch_m() - lane_error_m()
    window path as (partition by game_id, segment_index, subject order by time_s)
),

deep_runs as (
    select
        game_id,
        segment_index,
        subject,
        lane_distance_m,
        counted_s,
        count_index,
        sum(is_new::int) over (
            partition by game_id, segment_index, subject order by time_s
        ) as deep_index
    from deep
),

deep_stays as (
    select
        game_id,
        segment_index,
        subject,
        count_index,
        max(counted_s) - min(counted_s) as duration_s
    from deep_runs
    where lane_distance_m <= -lane_error_m()
    group by game_id, segment_index, subject, count_index, deep_index
),

least_durations as (
    select
        game_id,
        segment_index,
        subject,
        count_index,
        max(duration_s) as duration_s
    from deep_stays
    group by game_id, segment_index, subject, count_index
),

counts as (
    select
        game_id,
        segment_index,
        subject,
        count_index,
        bool_or(is_offence) as is_offence,
        any_value(team_id) as team_id,
        any_value(player_id) as player_id,
        arg_min(tracklet_id, time_s) as tracklet_id,
        min(time_s) filter (lane_distance_m <= lane_error_m()) as start_s,
        max(time_s) filter (lane_distance_m <= lane_error_m()) as end_s,
        max(counted_s) filter (lane_distance_m <= lane_error_m())
        - min(counted_s) filter (lane_distance_m <= lane_error_m()) as duration_s,
        max(paused_s) filter (lane_distance_m <= lane_error_m())
        - min(paused_s) filter (lane_distance_m <= lane_error_m()) as paused_s,
        coalesce(max(weak_s) > min(time_s), false) as is_weak,
        arg_max(next_reason, time_s) as next_reason,
        min(identity_prob) as identity_prob,
        min(opponent_distance_m) as opponent_distance_m
    from timed
    group by game_id, segment_index, subject, count_index
    having min(lane_distance_m) <= lane_touch_m()
),

-- Only counts that reach the limit go on.
long_counts as (
    select
        counts.game_id,
        counts.segment_index,
        counts.subject,
        counts.is_offence,
        counts.team_id,
        counts.player_id,
        counts.tracklet_id,
        counts.start_s,
        counts.end_s,
        rounded_s(counts.duration_s) as max_duration_s,
        rounded_s(coalesce(least_durations.duration_s, 0)) as min_duration_s,
        rounded_s(counts.paused_s) as paused_s,
        counts.is_weak,
        if(
            counts.next_reason = 'cut' and segments.end_s - counts.end_s > gap_weak_s(),
            'gap',
            counts.next_reason
        ) as reason_closed,
        counts.identity_prob,
        counts.opponent_distance_m,
        game_rules.lane_limit_s
    from counts
    inner join game_rules on counts.game_id = game_rules.game_id
    inner join segments
        on counts.game_id = segments.game_id
        and counts.segment_index = segments.segment_index
    left join least_durations
        on counts.game_id = least_durations.game_id
        and counts.segment_index = least_durations.segment_index
        and counts.subject = least_durations.subject
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
    mode(frame_states.period) as period,
    long_counts.start_s,
    long_counts.end_s,
    max(frame_states.game_clock_s) filter (frame_states.time_s = long_counts.start_s)
        as start_clock_s,
    max(frame_states.game_clock_s) filter (frame_states.time_s = long_counts.end_s)
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
    long_counts.reason_closed in ('gap', 'cut') as censored,
    long_counts.reason_closed,
    bool_and(frame_states.clock_known) as clock_known,
    long_counts.identity_prob as min_identity_prob,
    long_counts.opponent_distance_m as min_opponent_distance_m
from long_counts
inner join frame_states
    on long_counts.game_id = frame_states.game_id
    and long_counts.segment_index = frame_states.segment_index
    and frame_states.time_s between long_counts.start_s and long_counts.end_s
group by all
