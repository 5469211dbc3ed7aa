-- Which fives were on the court together?
--
-- Seen, not played: a frame counts when exactly five of the team are named in it.
--
-- Plot: bars, five, observed_s
--
-- five            Surnames of the five.
-- team_id         Team.
-- observed_s      Time seen together, seconds.
-- observed_share  Share of the time in which any five of the team were seen.

with members as (
    select
        game_id,
        team_id,
        player_ids,
        observed_s,
        observed_share,
        unnest(string_split(player_ids, ',')) as player_id
    from lineups
)

select
    string_agg(
        split_part(rosters.player_name, ' ', -1), ', ' order by rosters.player_name
    ) as five,
    members.team_id,
    members.observed_s,
    members.observed_share
from members
inner join rosters
    on members.game_id = rosters.game_id and members.player_id = rosters.player_id
group by
    members.game_id, members.team_id, members.player_ids, members.observed_s,
    members.observed_share
order by members.observed_s desc, five
limit 20
