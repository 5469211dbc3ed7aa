-- How long each player was seen: the exposure to divide every other aggregate by.
--
-- game_id        Game.
-- team_id        Team of the player.
-- player_id      Player.
-- player_name    Name on the roster; null if the player is not on it.
-- observed_s     Time in the main view with a name, seconds.
-- placed_s       Of which with a place on the court, seconds.
-- live_s         Of which while the clock ran; null if the clock was never read, seconds.
-- main_view_s    Time of the game in the main view, seconds.
-- identity_prob  Mean probability of the player over the observations.

with game_seconds as (
    select
        game_id,
        sum(frame_s) as main_view_s,
        count(clock_running) > 0 as is_clock_read
    from main_frames
    group by game_id
),

sightings as (
    select
        game_id,
        frame_index,
        player_id,
        any_value(team_id) as team_id,
        any_value(player_name) as player_name,
        max(identity_prob) as identity_prob,
        bool_or(court_x_m is not null) as is_placed
    from players
    where view = 'main' and player_id is not null
    group by game_id, frame_index, player_id
)

select
    sightings.game_id,
    any_value(sightings.team_id) as team_id,
    sightings.player_id,
    any_value(sightings.player_name) as player_name,
    sum(main_frames.frame_s) as observed_s,
    coalesce(sum(main_frames.frame_s) filter (sightings.is_placed), 0) as placed_s,
    if(
        any_value(game_seconds.is_clock_read),
        coalesce(
            sum(main_frames.frame_s) filter (sightings.is_placed and clock_running), 0
        ),
        null
    ) as live_s,
    any_value(game_seconds.main_view_s) as main_view_s,
    avg(sightings.identity_prob) as identity_prob
from sightings
inner join main_frames
    on sightings.game_id = main_frames.game_id
    and sightings.frame_index = main_frames.frame_index
inner join game_seconds on sightings.game_id = game_seconds.game_id
group by sightings.game_id, sightings.player_id
