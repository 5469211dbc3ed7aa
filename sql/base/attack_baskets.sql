-- Which basket or goal the home team attacks in each main segment; the visitors the other one.
--
-- Votes are seconds in which the clock is not known to stand: of settled formations, of the ball
-- in a team's hands once it has had time to come to that half, if the sport has baskets, of
-- goalkeepers, who stand in front of their own goal, and of frames with goal_side_players() of both
-- teams, of whom those that defend a goal stand nearer to it on average. Segments of one period
-- vote together. Where no clock was read a segment votes alone, and if that does not decide, with
-- those within attack_memory_s().
--
-- game_id        Game.
-- segment_index  Camera shot.
-- home_sign      Basket or goal that the home team attacks: 1 for x > 0, or -1; null if undecided.

with main_segments as (
    select game_id, segment_index, start_s, end_s from segments where view = 'main'
),

segment_periods as (
    select game_id, segment_index, mode(period) as period
    from clock_frames
    where period is not null
    group by game_id, segment_index
),

ball_steps as (
    select
        ball_sightings.game_id,
        segment_index,
        time_s,
        team_id,
        sign(court_x_m) * if(team_id = game_rules.home_team_id, 1, -1) as home_sign,
        least(time_s - lag(time_s) over segment, path_gap_s()) as weight_s
    from ball_sightings
    inner join game_rules on ball_sightings.game_id = game_rules.game_id
    where
        event = 'held'
        and team_id in (game_rules.home_team_id, game_rules.away_team_id)
        and game_rules.basket_x_m is not null
    window segment as (partition by ball_sightings.game_id, segment_index order by time_s)
),

ball_votes as (
    select
        game_id,
        segment_index,
        time_s,
        weight_s,
        home_sign,
        run_index = 1
        or time_s - min(time_s) over (partition by game_id, segment_index, run_index)
        >= attack_settle_s() as is_settled
    from equal_runs('ball_steps', segment_index, time_s, team_id)
),

formation_votes as (
    select
        formations.game_id,
        segment_index,
        time_s,
        least(time_s - lag(time_s) over segment, path_gap_s()) as weight_s,
        half_sign * if(outer_team_id = games.home_team_id, 1, -1) as home_sign,
        is_settled and outer_team_id is not null as is_settled
    from formations
    inner join games on formations.game_id = games.game_id
    window segment as (partition by formations.game_id, segment_index order by time_s)
),

keeper_votes as (
    select
        player_frames.game_id,
        segment_index,
        time_s,
        -sign(court_x_m) * if(team_id = games.home_team_id, 1, -1) as home_sign,
        least(time_s - lag(time_s) over keeper, path_gap_s()) as weight_s,
        true as is_settled
    from player_frames
    inner join games on player_frames.game_id = games.game_id
    where
        role = 'goalkeeper'
        and court_x_m is not null
        and team_id in (games.home_team_id, games.away_team_id)
    window
        keeper as (
            partition by player_frames.game_id, segment_index, tracklet_id order by time_s
        )
),

goal_sides as (
    select
        lane_positions.game_id,
        lane_positions.segment_index,
        lane_positions.frame_index,
        any_value(lane_positions.time_s) as time_s,
        avg(court_x_m) filter (lane_positions.team_id = games.home_team_id) as home_x_m,
        avg(court_x_m) filter (lane_positions.team_id = games.away_team_id) as away_x_m
    from lane_positions
    inner join games on lane_positions.game_id = games.game_id
    inner join leagues on games.league = leagues.league
    where leagues.goal_width_m is not null
    group by lane_positions.game_id, lane_positions.segment_index, lane_positions.frame_index
    having
        count(*) filter (lane_positions.team_id = games.home_team_id) >= goal_side_players()
        and count(*) filter (lane_positions.team_id = games.away_team_id) >= goal_side_players()
),

goal_votes as (
    select
        game_id,
        segment_index,
        time_s,
        least(time_s - lag(time_s) over segment, path_gap_s()) as weight_s,
        sign(away_x_m - home_x_m) as home_sign,
        true as is_settled
    from goal_sides
    window segment as (partition by game_id, segment_index order by time_s)
),

segment_votes as (
    select
        votes.game_id,
        votes.segment_index,
        sum(weight_s) as votes_s,
        sum(weight_s * home_sign) as home_votes_s
    from (
        from ball_votes
        union all by name
        from formation_votes
        union all by name
        from keeper_votes
        union all by name
        from goal_votes
    ) as votes
    inner join main_frames
        on votes.game_id = main_frames.game_id
        and votes.segment_index = main_frames.segment_index
        and votes.time_s = main_frames.time_s
    where
        is_settled
        and weight_s is not null
        and home_sign is not null
        and coalesce(main_frames.clock_running, true)
    group by votes.game_id, votes.segment_index
),

polls as (
    select
        main_segments.game_id,
        main_segments.segment_index,
        segment_periods.period,
        segment_votes.votes_s,
        segment_votes.home_votes_s,
        sum(segment_votes.votes_s) over period as period_votes_s,
        sum(segment_votes.home_votes_s) over period as period_home_votes_s,
        sum(segment_votes.votes_s) over around as around_votes_s,
        sum(segment_votes.home_votes_s) over around as around_home_votes_s
    from main_segments
    left join segment_votes
        on main_segments.game_id = segment_votes.game_id
        and main_segments.segment_index = segment_votes.segment_index
    left join segment_periods
        on main_segments.game_id = segment_periods.game_id
        and main_segments.segment_index = segment_periods.segment_index
    window
        period as (partition by main_segments.game_id, segment_periods.period),
        around as (
            partition by main_segments.game_id
            order by main_segments.start_s
            range between attack_memory_s() preceding and attack_memory_s() following
        )
)

select
    game_id,
    segment_index,
    if(
        period is not null,
        vote_sign(period_home_votes_s, period_votes_s),
        coalesce(
            vote_sign(home_votes_s, votes_s),
            vote_sign(around_home_votes_s, around_votes_s)
        )
    )::integer as home_sign
from polls
