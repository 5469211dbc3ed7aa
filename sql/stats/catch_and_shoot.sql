-- Shot attempts from 10 ft and more: after a catch, or after holding the ball.
--
-- The league counts an attempt as catch-and-shoot if the ball was held for less than 2 s without a
-- dribble, else as pull-up. Dribbles are not seen, so the time alone decides. Layups and dunks,
-- and attempts whose touch or place is not known, are neither. From so far, an attempt of unknown
-- kind is taken for no layup.
--
-- game_id           Game.
-- team_id           Team of the player.
-- player_id         Player.
-- catch_attempts    Attempts within 2 s of the catch.
-- catch_made        Of which fell; null if that is not known of any.
-- catch_threes      Of the attempts, those from beyond the three-point line.
-- pull_up_attempts  Attempts after longer.
-- pull_up_made      Of which fell; null if that is not known of any.
-- attempts          All shot attempts of the player, from anywhere.

with timed as (
    select
        shot_attempts.game_id,
        shot_attempts.team_id,
        sure_player(shot_attempts.player_id, shot_attempts.identity_prob) as player_id,
        shot_attempts.is_made,
        shot_attempts.is_three,
        case
            when shot_attempts.kind <> 'jump-shot' or feet(shot_attempts.distance_m) < 10
                then 'near'
            when touches.duration_s < 2 then 'catch'
            when touches.duration_s >= 2 then 'pull-up'
            else 'unknown'
        end as how
    from shot_attempts
    left join touches
        on shot_attempts.game_id = touches.game_id
        and shot_attempts.tracklet_id = touches.tracklet_id
        and shot_attempts.release_s = touches.end_s
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    count(*) filter (how = 'catch') as catch_attempts,
    sum(is_made::int) filter (how = 'catch') as catch_made,
    count(*) filter (how = 'catch' and is_three) as catch_threes,
    count(*) filter (how = 'pull-up') as pull_up_attempts,
    sum(is_made::int) filter (how = 'pull-up') as pull_up_made,
    count(*) as attempts
from timed
where player_id is not null
group by game_id, player_id
