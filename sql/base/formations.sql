-- How the players stand in each frame of the main view: at which basket, and who is nearer to it.
--
-- Defenders stand between the attackers and the basket. So of two teams in front of a basket, the
-- one that is on average farther from it attacks there.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- frame_index    Frame.
-- time_s         Time of the frame, seconds.
-- half_sign      Half on which most players are: 1 for x > 0, else -1.
-- is_settled     Whether formation_players() are placed, and all but one of them on that half; not
--                where a sport has no basket.
-- outer_team_id  Team that is farther from the basket by formation_margin_m(); null if neither is.
-- stays_share    Share of the frames of the next formation_stay_s() that are settled on that half.

with frames as (
    select
        game_id,
        segment_index,
        frame_index,
        any_value(time_s) as time_s,
        count(*) as players,
        sum(lane_sign) as signs
    from lane_positions
    group by game_id, segment_index, frame_index
),

halves as (
    select
        frames.game_id,
        frames.segment_index,
        frames.frame_index,
        frames.time_s,
        if(signs > 0, 1, -1) as half_sign,
        players >= formation_players()
        and players - abs(signs) <= 2
        and game_rules.basket_x_m is not null as is_settled
    from frames
    inner join game_rules on frames.game_id = game_rules.game_id
),

teams as (
    select
        lane_positions.game_id,
        lane_positions.frame_index,
        lane_positions.team_id,
        avg(
            sqrt(
                (lane_positions.court_x_m - halves.half_sign * game_rules.basket_x_m) ** 2
                + lane_positions.court_y_m ** 2
            )
        ) as basket_distance_m
    from lane_positions
    inner join halves
        on lane_positions.game_id = halves.game_id
        and lane_positions.frame_index = halves.frame_index
    inner join game_rules on lane_positions.game_id = game_rules.game_id
    where
        halves.is_settled
        and lane_positions.team_id in (game_rules.home_team_id, game_rules.away_team_id)
    group by lane_positions.game_id, lane_positions.frame_index, lane_positions.team_id
    having count(*) >= formation_players() // 2
),

outer_teams as (
    select game_id, frame_index, arg_max(team_id, basket_distance_m) as team_id
    from teams
    group by game_id, frame_index
    having
        count(*) = 2
        and max(basket_distance_m) - min(basket_distance_m) >= formation_margin_m()
)

select
    halves.game_id,
    halves.segment_index,
    halves.frame_index,
    halves.time_s,
    halves.half_sign,
    halves.is_settled,
    outer_teams.team_id as outer_team_id,
    count(*) filter (halves.is_settled) over same_half / count(*) over ahead as stays_share
from halves
left join outer_teams
    on halves.game_id = outer_teams.game_id
    and halves.frame_index = outer_teams.frame_index
window
    ahead as (
        partition by halves.game_id, halves.segment_index
        order by halves.time_s
        range between current row and formation_stay_s() following
    ),
    same_half as (
        partition by halves.game_id, halves.segment_index, halves.half_sign
        order by halves.time_s
        range between current row and formation_stay_s() following
    )
