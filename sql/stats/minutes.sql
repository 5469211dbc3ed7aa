-- Minutes played, as far as they were seen: the stints of each player together.
--
-- Published counterpart: minutes of the box score. A stint ends when the player is last seen, so
-- the sum falls short by seconds a stint; compare it with observed_s, which is what was seen.
--
-- game_id      Game.
-- team_id      Team of the player.
-- player_id    Player.
-- stints       Number of stints.
-- played_s     Time of the game clock, seconds; null if the clock was never read.
-- main_view_s  Time of the main view, seconds.
-- observed_s   Time for which the player was named, seconds.

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    count(*) as stints,
    sum(played_s) as played_s,
    sum(main_view_s) as main_view_s,
    sum(observed_s) as observed_s
from stints
group by game_id, player_id
