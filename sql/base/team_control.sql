-- Who has the ball in each frame of the main view, who controls it, and which basket they attack.
--
-- A team controls the ball from its first sighting with it, through passes, until the other team
-- has it, a shot attempt is released, the ball falls through a ring, it was not seen held for
-- control_memory_s(), or the camera cuts. The basket is decided by the half of the court on which
-- the holders stand, once the ball is there: per period, or per segment without a clock.
--
-- game_id              Game.
-- segment_index        Camera shot.
-- frame_index          Frame.
-- time_s               Time of the frame, seconds.
-- holder_tracklet_id   Who is seen with the ball; null if nobody.
-- holder_team_id       Team of the holder; null if nobody or undecided.
-- holder_player_id     Player who holds the ball; null if nobody or undecided.
-- holder_x_m           Where the holder stands along the court, metres; null if unknown.
-- holder_y_m           Where the holder stands across the court, metres; null if unknown.
-- team_id              Team that controls the ball; null if none or unknown.
-- control_index        Control of one team without interruption, counted in the segment.
-- state                controlled, released (a shot attempt), scored, or unknown.
-- shooter_tracklet_id  Who released the ball, until it is controlled again; else null.
-- attack_sign          Basket that this team attacks: 1 for x > 0, or -1; null if undecided.
-- is_frontcourt        Whether it has had the ball on that half since it gained control.

with main_segments as (
    select game_id, segment_index from segments where view = 'main'
),

frames as (
    select game_id, segment_index, frame_index, any_value(time_s) as time_s
    from (
        select game_id, segment_index, frame_index, time_s from player_frames
        union all
        select game_id, segment_index, frame_index, time_s from ball_frames
    )
    semi join main_segments using (game_id, segment_index)
    group by game_id, segment_index, frame_index
),

-- What holds the ball: the ball's own row decides, else the player whom the detector saw so.
ball_claims as (
    select game_id, frame_index, holder_tracklet_id as tracklet_id, 2.0 as preference
    from ball_frames
    where holder_tracklet_id is not null
    union all
    select game_id, frame_index, tracklet_id, detection_score as preference
    from player_frames
    where action = 'in-possession'
),

ball_choices as (
    select game_id, frame_index, arg_max(tracklet_id, preference) as tracklet_id
    from ball_claims
    group by game_id, frame_index
),

holders as (
    select
        player_frames.game_id,
        player_frames.segment_index,
        player_frames.frame_index,
        player_frames.time_s,
        player_frames.tracklet_id,
        player_frames.team_id,
        player_frames.player_id,
        player_frames.court_x_m,
        player_frames.court_y_m
    from player_frames
    inner join ball_choices using (game_id, frame_index, tracklet_id)
    semi join main_segments using (game_id, segment_index)
),

shot_steps as (
    select
        game_id,
        segment_index,
        tracklet_id,
        time_s,
        coalesce(time_s - lag(time_s) over motion > shot_abort_s(), true) as is_new
    from player_frames
    where action in ('jump-shot', 'layup-dunk')
    window motion as (partition by game_id, segment_index, tracklet_id order by time_s)
),

shot_frames as (
    select
        game_id,
        segment_index,
        tracklet_id,
        time_s,
        sum(is_new::int) over (
            partition by game_id, segment_index, tracklet_id order by time_s
        ) as shot_index
    from shot_steps
),

shots as (
    select
        game_id,
        segment_index,
        tracklet_id,
        shot_index,
        min(time_s) as start_s,
        max(time_s) as end_s
    from shot_frames
    group by game_id, segment_index, tracklet_id, shot_index
),

releases as (
    select
        shots.game_id,
        shots.segment_index,
        shots.tracklet_id,
        coalesce(
            max(holders.time_s) filter (holders.time_s <= shots.end_s), shots.end_s
        ) as release_s
    from shots
    left join holders
        on shots.game_id = holders.game_id
        and shots.segment_index = holders.segment_index
        and shots.tracklet_id = holders.tracklet_id
        and holders.time_s between shots.start_s and shots.end_s + shot_abort_s()
    group by shots.game_id, shots.segment_index, shots.tracklet_id, shots.shot_index, shots.end_s
    having count(*) filter (holders.time_s > shots.end_s) = 0
),

-- The end of control takes effect just after its frame.
ball_events as (
    select
        game_id,
        segment_index,
        time_s,
        team_id,
        court_x_m,
        'controlled' as state,
        null::integer as shooter_tracklet_id
    from holders
    where team_id is not null
    union all
    select
        game_id,
        segment_index,
        release_s + 0.001 as time_s,
        null::varchar as team_id,
        null::float as court_x_m,
        'released' as state,
        tracklet_id as shooter_tracklet_id
    from releases
    union all
    select
        game_id,
        segment_index,
        time_s + 0.002 as time_s,
        null::varchar as team_id,
        null::float as court_x_m,
        'scored' as state,
        null::integer as shooter_tracklet_id
    from ball_frames
    semi join main_segments using (game_id, segment_index)
    where in_basket
),

turns as (
    select
        game_id,
        segment_index,
        time_s,
        team_id,
        court_x_m,
        state,
        shooter_tracklet_id,
        row_number() over events = 1
        or (team_id, state) is distinct from lag((team_id, state)) over events as is_new
    from ball_events
    window events as (partition by game_id, segment_index order by time_s)
),

sightings as (
    select
        game_id,
        segment_index,
        time_s,
        team_id,
        court_x_m,
        state,
        shooter_tracklet_id,
        sum(is_new::int) over (
            partition by game_id, segment_index order by time_s
        ) as sighting_run
    from turns
),

confirmed_runs as (
    select
        game_id,
        segment_index,
        sighting_run,
        any_value(team_id) as team_id,
        any_value(state) as state
    from sightings
    group by game_id, segment_index, sighting_run
    having
        any_value(team_id) is null
        or rounded_s(max(time_s) - min(time_s)) >= hold_confirm_s()
),

control_turns as (
    select
        game_id,
        segment_index,
        sighting_run,
        row_number() over runs = 1
        or (team_id, state) is distinct from lag((team_id, state)) over runs as is_new
    from confirmed_runs
    window runs as (partition by game_id, segment_index order by sighting_run)
),

control_runs as (
    select
        game_id,
        segment_index,
        sighting_run,
        sum(is_new::int) over (
            partition by game_id, segment_index order by sighting_run
        ) as control_index
    from control_turns
),

control_sightings as (
    select
        sightings.game_id,
        sightings.segment_index,
        sightings.time_s,
        sightings.team_id,
        sightings.court_x_m,
        sightings.state,
        sightings.shooter_tracklet_id,
        control_runs.control_index
    from sightings
    inner join control_runs using (game_id, segment_index, sighting_run)
),

-- Votes for the half on which the home team attacks; the visitors vote for the other one.
segment_periods as (
    select game_id, segment_index, mode(period) as period
    from clock_frames
    where period is not null
    group by game_id, segment_index
),

votes as (
    select
        control_sightings.game_id,
        control_sightings.segment_index,
        segment_periods.period,
        if(segment_periods.period is null, segment_index, null) as lone_segment_index,
        least(
            control_sightings.time_s - lag(control_sightings.time_s) over control, path_gap_s()
        ) as weight_s,
        control_sightings.time_s - first_value(control_sightings.time_s) over control as held_s,
        control_index,
        sign(control_sightings.court_x_m)
        * if(control_sightings.team_id = games.home_team_id, 1, -1) as home_sign
    from control_sightings
    left join segment_periods using (game_id, segment_index)
    inner join games on control_sightings.game_id = games.game_id
    where control_sightings.team_id in (games.home_team_id, games.away_team_id)
    window control as (
        partition by control_sightings.game_id, segment_index, control_index
        order by control_sightings.time_s
    )
),

home_baskets as (
    select
        game_id,
        period,
        lone_segment_index,
        sum(weight_s) as votes_s,
        sum(weight_s * home_sign) as home_votes_s,
        if(
            votes_s >= attack_vote_s()
            and abs(home_votes_s) >= (2 * attack_vote_share() - 1) * votes_s,
            sign(home_votes_s),
            null
        ) as home_sign
    from votes
    where home_sign is not null and (control_index = 1 or held_s >= attack_settle_s())
    group by game_id, period, lone_segment_index
),

last_sightings as (
    select
        frames.game_id,
        frames.segment_index,
        frames.frame_index,
        frames.time_s,
        coalesce(
            rounded_s(frames.time_s - control_sightings.time_s) <= control_memory_s(), false
        ) as is_recent,
        if(is_recent, control_sightings.team_id, null) as team_id,
        control_sightings.control_index,
        if(is_recent, control_sightings.state, 'unknown') as state,
        if(is_recent, control_sightings.shooter_tracklet_id, null) as shooter_tracklet_id
    from frames
    asof left join control_sightings
        on frames.game_id = control_sightings.game_id
        and frames.segment_index = control_sightings.segment_index
        and frames.time_s >= control_sightings.time_s
),

sided as (
    select
        last_sightings.game_id,
        last_sightings.segment_index,
        last_sightings.frame_index,
        last_sightings.time_s,
        last_sightings.team_id,
        last_sightings.control_index,
        last_sightings.state,
        last_sightings.shooter_tracklet_id,
        holders.tracklet_id as holder_tracklet_id,
        holders.team_id as holder_team_id,
        holders.player_id as holder_player_id,
        holders.court_x_m as holder_x_m,
        holders.court_y_m as holder_y_m,
        case last_sightings.team_id
            when games.home_team_id then home_baskets.home_sign
            when games.away_team_id then -home_baskets.home_sign
        end as attack_sign
    from last_sightings
    inner join games on last_sightings.game_id = games.game_id
    left join segment_periods
        on last_sightings.game_id = segment_periods.game_id
        and last_sightings.segment_index = segment_periods.segment_index
    left join home_baskets
        on last_sightings.game_id = home_baskets.game_id
        and (
            segment_periods.period = home_baskets.period
            or last_sightings.segment_index = home_baskets.lone_segment_index
        )
    left join holders
        on last_sightings.game_id = holders.game_id
        and last_sightings.frame_index = holders.frame_index
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    holder_tracklet_id,
    holder_team_id,
    holder_player_id,
    holder_x_m,
    holder_y_m,
    team_id,
    control_index,
    state,
    shooter_tracklet_id,
    attack_sign::integer as attack_sign,
    coalesce(
        bool_or(holder_team_id = team_id and holder_x_m * attack_sign > 0) over (
            partition by game_id, segment_index, control_index
            order by time_s
            rows between unbounded preceding and current row
        ),
        false
    ) as is_frontcourt
from sided
