-- A game is played by the rules of a known league, by two teams. Returns the games that are not.
select games.game_id, games.league, games.home_team_id, games.away_team_id
from games
left join leagues on games.league = leagues.league
where leagues.league is null or games.home_team_id = games.away_team_id
