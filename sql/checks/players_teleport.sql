-- Nobody is faster than people of the sport run, also from one tracklet of a player to the next.
-- Positions may err by 3 m, and single names may; returns the games in which players jump more than
-- twice and in more than one in ten of the changes of tracklet within 3 s.
with sightings as (
    select
        game_id,
        player_id,
        tracklet_id,
        time_s,
        court_x_m,
        court_y_m,
        lag(tracklet_id) over path as previous_id,
        time_s - lag(time_s) over path as step_s,
        sqrt(
            (court_x_m - lag(court_x_m) over path) ** 2
            + (court_y_m - lag(court_y_m) over path) ** 2
        ) as step_m
    from player_frames
    where player_id is not null and court_x_m is not null
    window path as (partition by game_id, player_id, segment_index order by frame_index)
)

select
    sightings.game_id,
    count(*) as changes_of_tracklet,
    count(*) filter (step_m > leagues.fastest_mps * step_s + 3) as jumps
from sightings
inner join games on sightings.game_id = games.game_id
inner join leagues on games.league = leagues.league
where tracklet_id <> previous_id and step_s > 0 and step_s <= 3
group by sightings.game_id
having jumps > 2 and jumps > 0.1 * changes_of_tracklet
