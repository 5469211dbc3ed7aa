-- Possessions: one team's control of the ball until the other team has it or a basket is made.
--
-- An offensive rebound continues a possession, as in the box score. A possession cannot be
-- followed across a camera cut; what is cut off is counted as censored.
--
-- game_id             Game.
-- segment_index       Camera shot.
-- team_id             Team with the ball.
-- period              Period; null if unknown.
-- start_s             First frame, seconds of the video.
-- end_s               Last frame of its control, seconds of the video.
-- duration_s          Time between them, seconds.
-- start_clock_s       Game clock at the start, seconds; null if unknown.
-- frontcourt_s        Time in control with the ball in the frontcourt, seconds; null if the
--                     basket of the team is undecided.
-- shot_attempts       Shot attempts released.
-- first_shot_after_s  Time from the start to the first release, seconds; null if none.
-- is_transition       Whether that is at most 8 s after the ball changed hands in play; null if
--                     there is no shot attempt, or the start is not seen.
-- points              Points of the team by the score bug, from the start to score_delay_s() after
--                     the end; null if the bug was not read at both in this segment.
-- player_ids          The five of the team who were named most, with commas between; null if none.
-- opponent_ids        The five of the other team, likewise.
-- started_by          scored (by the other team), other team (lost it in play), or unknown.
-- ended_by            scored, other team, or unknown.
-- censored            Whether start or end are not seen.

with frames as (
    select
        team_control.game_id,
        team_control.segment_index,
        team_control.frame_index,
        team_control.time_s,
        team_control.team_id,
        team_control.state,
        team_control.attack_sign,
        team_control.is_frontcourt,
        main_frames.frame_s,
        main_frames.period,
        main_frames.game_clock_s,
        game_rules.home_team_id,
        home_fives.player_ids as home_ids,
        away_fives.player_ids as away_ids,
        team_control.state = 'released'
        and coalesce(
            lag(team_control.state) over segment <> 'released', false
        ) as is_release
    from team_control
    inner join main_frames
        on team_control.game_id = main_frames.game_id
        and team_control.frame_index = main_frames.frame_index
    inner join game_rules on team_control.game_id = game_rules.game_id
    left join named_fives as home_fives
        on team_control.game_id = home_fives.game_id
        and team_control.frame_index = home_fives.frame_index
        and game_rules.home_team_id = home_fives.team_id
    left join named_fives as away_fives
        on team_control.game_id = away_fives.game_id
        and team_control.frame_index = away_fives.frame_index
        and game_rules.away_team_id = away_fives.team_id
    window segment as (
        partition by team_control.game_id, team_control.segment_index
        order by team_control.time_s
    )
),

-- Frames of control and of baskets in turn; what lies between belongs to what was before.
held as (
    select * from frames where state in ('controlled', 'scored')
),

turn_starts as (
    select
        game_id,
        segment_index,
        time_s as start_s,
        team_id,
        state,
        row_number() over segment as possession_index,
        lag(state) over segment as previous_state,
        lead(state) over segment as next_state,
        coalesce(lead(time_s) over segment, 'infinity'::double) as next_start_s
    from equal_runs('held', segment_index, time_s, (team_id, state))
    where is_new
    window segment as (partition by game_id, segment_index order by time_s)
),

possessions_of_segment as (
    select
        turn_starts.game_id,
        turn_starts.segment_index,
        turn_starts.team_id,
        mode(frames.period) as period,
        turn_starts.start_s,
        max(frames.time_s) filter (frames.state = 'controlled') as end_s,
        rounded_s(max(frames.time_s) filter (frames.state = 'controlled') - turn_starts.start_s)
            as duration_s,
        max(frames.game_clock_s) filter (frames.time_s = turn_starts.start_s) as start_clock_s,
        if(
            count(frames.attack_sign) > 0,
            coalesce(
                sum(frames.frame_s) filter (frames.state = 'controlled' and frames.is_frontcourt), 0
            ),
            null
        ) as frontcourt_s,
        count(*) filter (frames.is_release) as shot_attempts,
        rounded_s(min(frames.time_s) filter (frames.is_release) - turn_starts.start_s)
            as first_shot_after_s,
        case turn_starts.previous_state
            when 'controlled' then first_shot_after_s <= 8
            when 'scored' then false
        end as is_transition,
        case turn_starts.previous_state
            when 'scored' then 'scored'
            when 'controlled' then 'other team'
            else 'unknown'
        end as started_by,
        case turn_starts.next_state
            when 'scored' then 'scored'
            when 'controlled' then 'other team'
            else 'unknown'
        end as ended_by,
        turn_starts.previous_state is null or turn_starts.next_state is null as censored,
        turn_starts.team_id = any_value(frames.home_team_id) as is_home,
        mode(if(turn_starts.team_id = frames.home_team_id, frames.home_ids, frames.away_ids))
            as player_ids,
        mode(if(turn_starts.team_id = frames.home_team_id, frames.away_ids, frames.home_ids))
            as opponent_ids
    from turn_starts
    inner join frames
        on turn_starts.game_id = frames.game_id
        and turn_starts.segment_index = frames.segment_index
        and frames.time_s >= turn_starts.start_s
        and frames.time_s < turn_starts.next_start_s
    where turn_starts.state = 'controlled'
    group by
        turn_starts.game_id,
        turn_starts.segment_index,
        turn_starts.team_id,
        turn_starts.start_s,
        turn_starts.previous_state,
        turn_starts.next_state
),

scores as (
    select game_id, segment_index, time_s, home_score, away_score
    from clock_frames
    where home_score is not null and away_score is not null
)

select
    possessions_of_segment.game_id,
    possessions_of_segment.segment_index,
    possessions_of_segment.team_id,
    possessions_of_segment.period,
    possessions_of_segment.start_s,
    possessions_of_segment.end_s,
    possessions_of_segment.duration_s,
    possessions_of_segment.start_clock_s,
    possessions_of_segment.frontcourt_s,
    possessions_of_segment.shot_attempts,
    possessions_of_segment.first_shot_after_s,
    possessions_of_segment.is_transition,
    if(
        possessions_of_segment.is_home,
        after.home_score - before.home_score,
        after.away_score - before.away_score
    ) as points,
    possessions_of_segment.player_ids,
    possessions_of_segment.opponent_ids,
    possessions_of_segment.started_by,
    possessions_of_segment.ended_by,
    possessions_of_segment.censored
from possessions_of_segment
asof left join scores as before
    on possessions_of_segment.game_id = before.game_id
    and possessions_of_segment.segment_index = before.segment_index
    and possessions_of_segment.start_s >= before.time_s
asof left join scores as after
    on possessions_of_segment.game_id = after.game_id
    and possessions_of_segment.segment_index = after.segment_index
    and possessions_of_segment.end_s + score_delay_s() <= after.time_s
