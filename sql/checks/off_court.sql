-- Players stand on the court or near it. Single positions may err; returns the games in which
-- more than one in ten lies further than 5 m outside the lines, or is no number.
select
    player_frames.game_id,
    count(*) as positions,
    count(*) filter (
        not isfinite(player_frames.court_x_m)
        or not isfinite(player_frames.court_y_m)
        or abs(player_frames.court_x_m) > leagues.length_m / 2 + 5
        or abs(player_frames.court_y_m) > leagues.width_m / 2 + 5
    ) as positions_off_court
from player_frames
inner join games on player_frames.game_id = games.game_id
inner join leagues on games.league = leagues.league
where player_frames.court_x_m is not null and plays(player_frames.role)
group by player_frames.game_id
having positions_off_court > 0.1 * positions
