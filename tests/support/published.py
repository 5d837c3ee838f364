"""Models of the published zoo that the argument is about: they have five seeds, the others three."""

FIVE_SEEDS = "ae,vae,beta-vae,gan,wgan-gp,sigma-vae,vamp-vae,pq-vae,rq-vae,fsq-vae,rae-gp,cb-vae,gm-vae,student-t-vae"
