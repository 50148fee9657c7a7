from config.wsgi import application as pages
from portal.live.gateway import Gateway

application = Gateway(pages)
