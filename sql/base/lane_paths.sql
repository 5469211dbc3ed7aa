-- Tracklets of one person put together: whose presence goes on in a main segment.
--
-- Sport: basketball
--
-- Tracklets of one player belong together. So do two of which one begins where the other ended, at
-- most join_gap_s() later and join_m() away, if their names and teams do not differ and each is
-- the other's nearest; a person who was lost and found again is one person.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- tracklet_id    Tracklet.
-- path_key       Same for all tracklets of the person in the segment.
-- team_id        Team of the person, by time; null if undecided.

with tracklets as (
    select
        game_id,
        segment_index,
        tracklet_id,
        mode(team_id) as team_id,
        mode(player_id) as player_id,
        count(*) as frames,
        min(time_s) as start_s,
        max(time_s) as end_s,
        arg_min(court_x_m, time_s) as start_x_m,
        arg_min(court_y_m, time_s) as start_y_m,
        arg_max(court_x_m, time_s) as end_x_m,
        arg_max(court_y_m, time_s) as end_y_m
    from lane_positions
    group by game_id, segment_index, tracklet_id
),

links as (
    select
        before.game_id,
        before.segment_index,
        before.tracklet_id,
        after.tracklet_id as next_tracklet_id,
        (after.start_x_m - before.end_x_m) ** 2
        + (after.start_y_m - before.end_y_m) ** 2 as distance_m2
    from tracklets as before
    inner join tracklets as after
        on before.game_id = after.game_id
        and before.segment_index = after.segment_index
        and after.start_s > before.end_s
        and after.start_s <= before.end_s + join_gap_s()
    where
        coalesce(before.team_id = after.team_id, true)
        and coalesce(before.player_id = after.player_id, true)
        and distance_m2 <= join_m() ** 2
),

chosen_links as (
    select game_id, segment_index, tracklet_id, next_tracklet_id
    from links
    qualify
        row_number() over (
            partition by game_id, segment_index, tracklet_id order by distance_m2
        ) = 1
        and row_number() over (
            partition by game_id, segment_index, next_tracklet_id order by distance_m2
        ) = 1
),

-- A chain takes its key from its first tracklet.
chains as (
    with recursive chain as (
        select
            tracklets.game_id,
            tracklets.segment_index,
            tracklets.tracklet_id as first_tracklet_id,
            tracklets.tracklet_id
        from tracklets
        anti join chosen_links
            on tracklets.game_id = chosen_links.game_id
            and tracklets.segment_index = chosen_links.segment_index
            and tracklets.tracklet_id = chosen_links.next_tracklet_id
        union all
        select
            chain.game_id,
            chain.segment_index,
            chain.first_tracklet_id,
            chosen_links.next_tracklet_id as tracklet_id
        from chain
        inner join chosen_links
            on chain.game_id = chosen_links.game_id
            and chain.segment_index = chosen_links.segment_index
            and chain.tracklet_id = chosen_links.tracklet_id
    )

    select game_id, segment_index, first_tracklet_id, tracklet_id from chain
),

-- The names in a chain: the longest seen counts, and joins the chain with others of that player.
named_chains as (
    select
        chains.game_id,
        chains.segment_index,
        chains.first_tracklet_id,
        arg_max(tracklets.team_id, tracklets.frames) as team_id,
        arg_max(tracklets.player_id, tracklets.frames) as player_id
    from chains
    inner join tracklets
        on chains.game_id = tracklets.game_id
        and chains.segment_index = tracklets.segment_index
        and chains.tracklet_id = tracklets.tracklet_id
    group by chains.game_id, chains.segment_index, chains.first_tracklet_id
)

select
    chains.game_id,
    chains.segment_index,
    chains.tracklet_id,
    hash(
        chains.game_id,
        chains.segment_index,
        coalesce(named_chains.player_id, chains.first_tracklet_id::varchar)
    ) as path_key,
    named_chains.team_id
from chains
inner join named_chains
    on chains.game_id = named_chains.game_id
    and chains.segment_index = named_chains.segment_index
    and chains.first_tracklet_id = named_chains.first_tracklet_id
