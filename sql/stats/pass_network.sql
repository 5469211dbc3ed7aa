-- Who plays the ball to whom: changes of the player with the ball within a team's control.
--
-- The ball goes from a player to another when the other is the next of the team to be seen with it,
-- within pass_longest_s() and without the opponents between; what the ball does meanwhile is not
-- looked at. Unlike `passes`, a single sighting is enough, so that one-touch play counts; errors of
-- who has the ball count, too.
--
-- game_id        Game.
-- team_id        Team.
-- player_id      From whom.
-- to_player_id   To whom.
-- passes         How often.
-- length_m       Mean distance between the two places, metres.
-- forward_m      Mean gain towards the target attacked, metres; null if its end is not decided.

with holds as (
    select
        ball_controls.game_id,
        ball_controls.segment_index,
        ball_controls.control_index,
        ball_controls.team_id,
        ball_controls.time_s,
        lane_positions.player_id,
        lane_positions.court_x_m,
        lane_positions.court_y_m
    from ball_controls
    inner join lane_positions
        on ball_controls.game_id = lane_positions.game_id
        and ball_controls.tracklet_id = lane_positions.tracklet_id
        and ball_controls.time_s = lane_positions.time_s
    where ball_controls.state = 'controlled' and lane_positions.player_id is not null
),

changes as (
    select
        *,
        lead(player_id) over control as to_player_id,
        lead(time_s) over control - time_s as flight_s,
        lead(court_x_m) over control as to_x_m,
        lead(court_y_m) over control as to_y_m
    from holds
    window control as (partition by game_id, segment_index, control_index order by time_s)
)

select
    changes.game_id,
    changes.team_id,
    changes.player_id,
    changes.to_player_id,
    count(*) as passes,
    avg(
        sqrt((changes.to_x_m - changes.court_x_m) ** 2 + (changes.to_y_m - changes.court_y_m) ** 2)
    ) as length_m,
    avg(
        (changes.to_x_m - changes.court_x_m) * attack_baskets.home_sign
        * if(changes.team_id = games.home_team_id, 1, -1)
    ) as forward_m
from changes
inner join games on changes.game_id = games.game_id
left join attack_baskets
    on changes.game_id = attack_baskets.game_id
    and changes.segment_index = attack_baskets.segment_index
where
    changes.player_id <> changes.to_player_id
    and rounded_s(changes.flight_s) <= pass_longest_s()
group by changes.game_id, changes.team_id, changes.player_id, changes.to_player_id
