-- Drives of each player: touches that begin 20 ft or more from the basket and get to 10 ft.
--
-- Sport: basketball
--
-- Definition of the league's tracking statistics ("Drives"), which leave out fast breaks; we do
-- not know them apart.
--
-- game_id        Game.
-- team_id        Team of the player.
-- player_id      Player.
-- drives         Number of drives.
-- shot_attempts  Of which ended in a shot attempt of the player.
-- drive_s        Time of these touches, seconds.
-- possession_s   Time of all touches of the player, seconds.
-- touches        Number of all touches.

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    count(*) filter (is_drive) as drives,
    count(*) filter (is_drive and is_shot_attempt) as shot_attempts,
    coalesce(sum(duration_s) filter (is_drive), 0) as drive_s,
    sum(duration_s) as possession_s,
    count(*) as touches
from touches
where player_id is not null
group by game_id, player_id
