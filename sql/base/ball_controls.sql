-- Sightings of the ball that tell who controls it, in order, and the controls that they form.
--
-- A sighting in the hands of a team that defends the basket in front of which the players stand,
-- and stay, is an error: had it gained the ball, they would leave. So is a sighting if most of the
-- others within control_vote_s() show the other team. A team gains control by being seen with the
-- ball for hold_confirm_s(); a shot attempt and a basket end it, just after their frame.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- time_s         Time from which it is so, seconds.
-- state          controlled, released (a shot attempt) or scored.
-- team_id        Team in control; null after a shot attempt and a basket.
-- tracklet_id    Who holds or released it; null if scored.
-- court_x_m      Where the holder stands along the court, metres; null if unknown.
-- control_index  Control of one team, or what ended it, counted in the segment from 1.
-- held_s         Time since that began, seconds.

with credible as (
    select
        ball_sightings.game_id,
        ball_sightings.segment_index,
        ball_sightings.time_s,
        ball_sightings.team_id,
        ball_sightings.tracklet_id,
        ball_sightings.court_x_m
    from ball_sightings
    inner join game_rules on ball_sightings.game_id = game_rules.game_id
    left join attack_baskets
        on ball_sightings.game_id = attack_baskets.game_id
        and ball_sightings.segment_index = attack_baskets.segment_index
    left join formations
        on ball_sightings.game_id = formations.game_id
        and ball_sightings.frame_index = formations.frame_index
    where
        ball_sightings.event = 'held'
        and ball_sightings.team_id in (game_rules.home_team_id, game_rules.away_team_id)
        and not coalesce(
            (ball_sightings.team_id = game_rules.home_team_id)
            <> (attack_baskets.home_sign = formations.half_sign)
            and formations.is_settled
            and formations.stays_share >= formation_stay_share(),
            false
        )
),

voted as (
    select
        *,
        count(*) over around as neighbours,
        count(*) over mates as agreeing
    from credible
    window
        around as (
            partition by game_id, segment_index
            order by time_s
            range between control_vote_s() preceding and control_vote_s() following
        ),
        mates as (
            partition by game_id, segment_index, team_id
            order by time_s
            range between control_vote_s() preceding and control_vote_s() following
        )
),

events as (
    select
        game_id,
        segment_index,
        time_s,
        'controlled' as state,
        team_id,
        tracklet_id,
        court_x_m
    from voted
    where 2 * agreeing >= neighbours
    union all
    select
        game_id,
        segment_index,
        time_s + if(event = 'released', 0.001, 0.002) as time_s,
        event as state,
        null as team_id,
        tracklet_id,
        null as court_x_m
    from ball_sightings
    where event in ('released', 'scored')
),

runs as (
    select
        * exclude (is_new, run_index),
        max(time_s) over run - min(time_s) over run as run_s
    from equal_runs('events', segment_index, time_s, (team_id, state))
    window run as (partition by game_id, segment_index, run_index)
),

confirmed as (
    select * from runs where state <> 'controlled' or rounded_s(run_s) >= hold_confirm_s()
)

select
    game_id,
    segment_index,
    time_s,
    state,
    team_id,
    tracklet_id,
    court_x_m,
    run_index as control_index,
    time_s - min(time_s) over (partition by game_id, segment_index, run_index) as held_s
from equal_runs('confirmed', segment_index, time_s, (team_id, state))
